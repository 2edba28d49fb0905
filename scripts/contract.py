"""Asks the real Razorpay whether it still answers as the code and the sandbox believe it does.

    HUB_RAZORPAY__KEY_ID=rzp_test_… HUB_RAZORPAY__KEY_SECRET=… python -m scripts.contract

One line for each belief: `as expected`, with the reading where the documentation and the live
service are known to disagree, or `differs`. It makes one payment link over a rupee in test mode and
cancels it; a test account has thirty links for its life. Live keys are refused. With `--webhook`,
`--signature` and `HUB_RAZORPAY__WEBHOOK_SECRET` it also checks a body as it was received, and with
`--paid-link` the refusal to cancel what is paid. Exit code: 0 as expected, 1 something differs or
was left behind, 2 nothing could be asked.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import SecretStr

from billing.razorpay import Razorpay, RazorpaySettings
from billing.webhooks import MalformedEventError, parse
from scripts.contract_calls import Contract, DiffersError

LIVE_API = "https://api.razorpay.com"
TEST_KEY = "rzp_test_"
NOT_ASKED = 2

Check = tuple[str, Callable[[], str]]


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Check everything, tidy up, and say how it went."""
    options = _options(arguments)
    key_id = environment.get("HUB_RAZORPAY__KEY_ID", "")
    key_secret = environment.get("HUB_RAZORPAY__KEY_SECRET", "")
    webhook_secret = environment.get("HUB_RAZORPAY__WEBHOOK_SECRET", "")
    if not key_id.startswith(TEST_KEY) or not key_secret:
        print(f"HUB_RAZORPAY__KEY_ID must be a test key ({TEST_KEY}…), with its KEY_SECRET.")
        return NOT_ASKED
    if options.webhook and not (options.signature and webhook_secret):
        print("A webhook's body needs --signature and HUB_RAZORPAY__WEBHOOK_SECRET.")
        return NOT_ASKED
    contract = Contract(options.api, key_id, key_secret)
    try:
        expected = [_say(*check) for check in _checks(contract, options, webhook_secret)]
    finally:
        tidied = _tidied(contract)
    return 0 if all(expected) and tidied else 1


def check_webhook(body: Path, signature: str, secret: str) -> str:
    """A body as it was received is accepted and understood by the code that will receive it."""
    settings = RazorpaySettings(webhook_secret=SecretStr(secret))
    gateway = Razorpay(settings, lambda: int(time.time()))
    try:
        raw = body.read_bytes()
        if not gateway.signed_webhook(raw, signature):
            raise DiffersError("the signature is not that of these bytes and this secret")
        return parse(raw).name
    except MalformedEventError as error:
        raise DiffersError(f"it is no event: {error}") from error
    finally:
        gateway.close()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.contract")
    parser.add_argument("--api", default=LIVE_API, help="where to ask; default: %(default)s")
    parser.add_argument("--paid-link", help="the id of a link that was paid in test mode")
    parser.add_argument("--webhook", type=Path, help="a file with the bytes of a webhook's body")
    parser.add_argument("--signature", help="the X-Razorpay-Signature that came with it")
    return parser.parse_args(arguments)


def _checks(contract: Contract, options: argparse.Namespace, secret: str) -> Iterator[Check]:
    yield "a new link", contract.create
    yield "the same reference again", contract.duplicate
    yield "a list of links", contract.envelope
    yield "a wrong key", contract.wrong_key
    yield "a link of nobody", contract.unknown
    yield "cancelling", contract.cancel
    yield "cancelling twice", contract.cancel_again
    if options.paid_link:
        yield "cancelling what is paid", lambda: contract.cancel_paid(options.paid_link)
    if options.webhook:
        yield "a webhook", lambda: check_webhook(options.webhook, options.signature, secret)


def _say(what: str, check: Callable[[], str]) -> bool:
    try:
        reading = check()
    except DiffersError as error:
        print(f"{what}: differs: {error}")
        return False
    print(f"{what}: as expected" + (f" ({reading})" if reading else ""))
    return True


def _tidied(contract: Contract) -> bool:
    try:
        left = contract.tidy()
    except DiffersError as error:
        left = [f"perhaps links of {contract.reference}: {error}"]
    if left:
        print(f"left behind, cancel in the dashboard: {', '.join(left)}")
    return not left


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
