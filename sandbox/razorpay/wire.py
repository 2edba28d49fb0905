r"""JSON as Razorpay's two code bases write it, and the three signatures.

The PHP service escapes `/` as `\/` and everything beyond ASCII as `\uXXXX`; the Go service sorts
keys, leaves `/` and UTF-8 alone and escapes `<`, `>` and `&`. A receiver that parses a body and
writes it again before checking its signature therefore fails, as it does against the real thing.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, Json]

_COMPACT = (",", ":")
_GO_ESCAPES = str.maketrans(
    {
        "<": r"\u003c",
        ">": r"\u003e",
        "&": r"\u0026",
        "\u2028": r"\u2028",
        "\u2029": r"\u2029",
    }
)


def php_json(value: Json) -> bytes:
    """Write as `json_encode` does: insertion order, compact, escaped slashes, ASCII only."""
    return json.dumps(value, separators=_COMPACT).replace("/", "\\/").encode()


def go_json(value: Json) -> bytes:
    """Write as Go's `json.Marshal` does with maps: sorted keys, compact, UTF-8, HTML escaped."""
    text = json.dumps(value, separators=_COMPACT, sort_keys=True, ensure_ascii=False)
    return text.translate(_GO_ESCAPES).encode()


def sign(message: bytes, secret: str) -> str:
    """Lowercase hex HMAC-SHA256, the form of every Razorpay signature."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def callback_signature(
    link_id: str, reference_id: str, status: str, payment_id: str, secret: str
) -> str:
    """Sign the redirect after a payment link was paid; covers neither amount nor currency."""
    return sign(f"{link_id}|{reference_id}|{status}|{payment_id}".encode(), secret)
