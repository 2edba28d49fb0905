from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.razorpay.keys import WEBHOOK_SECRET
from sandbox.razorpay.wire import php_json, sign
from scripts.contract import main
from tests.scripts.conftest import KEYS, Razorpay


async def test_both_readings_of_razorpay_are_expected_and_named(
    service: Razorpay, capsys: pytest.CaptureFixture[str]
) -> None:
    paid = await service.paid_link()
    for wording, unknown in (("live", 404), ("docs", 400)):
        await service.emu("settings", wording=wording, unknown_link_status=unknown)
        assert await service.check("--paid-link", paid) == 0
        assert capsys.readouterr().out.splitlines() == [
            "a new link: as expected",
            f"the same reference again: as expected ({wording})",
            "a list of links: as expected",
            f"a wrong key: as expected ({wording})",
            f"a link of nobody: as expected ({wording})",
            "cancelling: as expected",
            "cancelling twice: as expected",
            f"cancelling what is paid: as expected ({wording})",
        ]
    assert await service.link_statuses() == ["paid", "cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("kind", "path", "line"),
    [
        ("429_quota", "/v1/payment_links", "a new link: differs: 429 test mode limit"),
        ("wrong_amount_in_response", "/v1/payment_links", "a new link: differs: amount is"),
        ("html502", "/v1/payment_links/*/cancel", "cancelling: differs: 502"),
        ("reset_before", "/v1/payment_links/*/cancel", "cancelling: differs: no answer"),
    ],
)
async def test_what_differs_is_said_and_nothing_is_left_behind(
    service: Razorpay, capsys: pytest.CaptureFixture[str], kind: str, path: str, line: str
) -> None:
    await service.emu("faults", kind=kind, method="POST", path=path)
    assert await service.check() == 1

    assert line in capsys.readouterr().out
    assert "created" not in await service.link_statuses()


async def test_a_service_that_takes_a_reference_twice_differs_and_both_links_are_cancelled(
    service: Razorpay, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.razorpay.links._claim_reference", lambda *_: None)
    assert await service.check() == 1

    assert "the same reference again: differs: 200" in capsys.readouterr().out
    assert await service.link_statuses() == ["cancelled", "cancelled"]


async def test_links_that_could_not_be_cancelled_are_named(
    service: Razorpay, capsys: pytest.CaptureFixture[str]
) -> None:
    await service.emu("faults", kind="http500_before", path="/v1/payment_links/*", count=9)
    assert await service.check() == 1

    (link,) = (await service.state())["links"]
    assert f"left behind, cancel in the dashboard: {link['id']}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "line", "code"),
    [
        (lambda body: body, "a webhook: as expected (order.paid)", 0),
        (lambda body: body + b" ", "a webhook: differs: the signature", 1),
    ],
)
async def test_a_webhook_is_checked_as_the_product_checks_it(
    service: Razorpay,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    line: str,
    code: int,
) -> None:
    body = php_json({"entity": "event", "event": "order.paid", "payload": {}, "note": "a/b ₹"})
    kept = tmp_path / "body"
    kept.write_bytes(change(body))
    signature = sign(body, WEBHOOK_SECRET)
    assert await service.check("--webhook", str(kept), "--signature", signature) == code

    assert line in capsys.readouterr().out


async def test_a_signed_body_that_is_no_event_differs(
    service: Razorpay, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "body"
    kept.write_bytes(b"[]")
    signature = sign(b"[]", WEBHOOK_SECRET)
    assert await service.check("--webhook", str(kept), "--signature", signature) == 1

    assert "a webhook: differs: it is no event" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "arguments"),
    [
        ({"HUB_RAZORPAY__KEY_ID": "rzp_live_SandboxKey0001"}, []),
        ({"HUB_RAZORPAY__KEY_ID": ""}, []),
        ({"HUB_RAZORPAY__KEY_SECRET": ""}, []),
        ({"HUB_RAZORPAY__WEBHOOK_SECRET": ""}, ["--webhook", "body", "--signature", "00"]),
        ({}, ["--webhook", "body"]),
    ],
)
async def test_without_test_keys_and_all_that_is_needed_nothing_is_asked(
    service: Razorpay, changed: dict[str, str], arguments: list[str]
) -> None:
    asked = ["--api", service.origin, *arguments]
    assert await service.ask(lambda: main(asked, KEYS | changed)) == 2

    assert await service.link_statuses() == []
    async with service.http.get(f"{service.origin}/_emu/requests") as got:
        assert (await got.json())["requests"] == []
