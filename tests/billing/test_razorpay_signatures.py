"""Signatures, against vectors that were computed elsewhere."""

import pytest
from pydantic import SecretStr

from billing.gateway import Returned
from billing.razorpay import Razorpay, RazorpaySettings
from sandbox.razorpay.keys import KEY_SECRET, WEBHOOK_SECRET
from tests.doubles.clock import FakeClock
from tests.doubles.razorpay import SETTINGS

VECTOR = (
    rb'{"entity":"event","account_id":"acc_OU2H3nkLn9jDVo","event":"payment_link.paid",'
    rb'"contains":["payment_link"],"payload":{"note":"a\/b \u20b9"},"created_at":1749618314}'
)
SIGNED = "a0632e3449cc129c5ee88eee215b6e1868847a8beedbb0e47d31834c473b34db"


@pytest.mark.parametrize("place", ["webhook_secret", "previous_webhook_secret"])
@pytest.mark.fault("F46")
async def test_a_webhook_is_good_under_the_present_or_the_previous_secret(
    clock: FakeClock, place: str
) -> None:
    secret = SecretStr("whsec_for_tests_only")
    gateway = Razorpay(SETTINGS.model_copy(update={place: secret}), clock)
    assert gateway.signed_webhook(VECTOR, SIGNED)
    gateway.close()


@pytest.mark.parametrize(
    ("raw", "signature"),
    [
        (VECTOR, None),
        (VECTOR, ""),
        (VECTOR, SIGNED[:-1]),
        (VECTOR, SIGNED.upper()),
        (VECTOR, "é" * 64),
        (VECTOR, "0" * 64),
        (VECTOR, SIGNED[:32] + "0" * 32),
        (VECTOR, "0" * 32 + SIGNED[32:]),
        (VECTOR + b" ", SIGNED),
        (VECTOR.replace(rb"\/", b"/"), SIGNED),
    ],
)
@pytest.mark.fault("F06", "F47")
async def test_anything_else_is_no_webhook(
    clock: FakeClock, raw: bytes, signature: str | None
) -> None:
    secret = SecretStr("whsec_for_tests_only")
    gateway = Razorpay(SETTINGS.model_copy(update={"webhook_secret": secret}), clock)
    assert not gateway.signed_webhook(raw, signature)
    gateway.close()


async def test_without_a_secret_no_webhook_is_believed(clock: FakeClock) -> None:
    gateway = Razorpay(RazorpaySettings(), clock)
    # The empty key's own signature of these bytes.
    empty = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    assert not gateway.signed_webhook(b"", empty)
    gateway.close()


@pytest.mark.parametrize(
    ("secret", "link", "reference", "payment", "signature"),
    [
        (
            "EnLs21M47BllR3X8PSFtjtbd",
            "plink_IH3cNucfVEgV68",
            "TSsd1989",
            "pay_IH3d0ara9bSsjQ",
            "07ae18789e35093e51d0a491eb9922646f3f82773547e5b0f67ee3f2d3bf7d5b",
        ),
        (
            "thisissecret_for_tests_only",
            "plink_QflcnnZqCekuvL",
            "ord_01J",
            "pay_Qfldmt5StKZFCB",
            "b875cb01b9e08f03a8ff01c8dc0f42efd3d6f5135266ca3c5cde96a1a5126667",
        ),
    ],
)
@pytest.mark.fault("F22")
async def test_a_redirect_is_believed_when_it_is_signed_and_only_as_signed(
    clock: FakeClock, secret: str, link: str, reference: str, payment: str, signature: str
) -> None:
    gateway = Razorpay(SETTINGS.model_copy(update={"key_secret": SecretStr(secret)}), clock)
    params = {
        "razorpay_payment_id": payment,
        "razorpay_payment_link_id": link,
        "razorpay_payment_link_reference_id": reference,
        "razorpay_payment_link_status": "paid",
        "razorpay_signature": signature,
    }
    assert gateway.signed_return(params) == Returned(link, reference, payment)
    for name in params:
        assert gateway.signed_return({**params, name: "forged"}) is None
        assert gateway.signed_return({k: v for k, v in params.items() if k != name}) is None
    gateway.close()


def test_secrets_do_not_show() -> None:
    assert KEY_SECRET not in repr(SETTINGS)
    assert WEBHOOK_SECRET not in repr(SETTINGS)
