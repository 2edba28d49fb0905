import asyncio
import json

import aiohttp
import pytest
from pydantic import SecretStr

from billing.razorpay import Razorpay
from store.database import Database
from store.errors import StoreUnavailableError
from tests.doubles.hub import Hub, said
from tests.doubles.razorpay import SETTINGS
from tests.doubles.web import Browser
from web.app import BODY_BYTES_MAX, build_app, serve
from web.keys import TelegramWebhook

RAZORPAY, TELEGRAM = "/webhooks/razorpay", "/webhooks/telegram"
GOOD = {"X-Razorpay-Signature": "good", "X-Razorpay-Event-Id": "evt_1"}


async def stored(hub: Hub) -> int:
    async with hub.services.database.read() as tx:
        rows = await tx.exec_driver_sql("SELECT count(*) FROM webhook_inbox")
        return int(rows.scalar_one())


async def test_a_webhook_that_razorpay_signed_is_stored_and_settled(
    hub: Hub, browser: Browser
) -> None:
    await hub.call("buy", "flash")
    await hub.work.run()
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    entity = {"id": link.id, "reference_id": link.reference_id}
    event = {"event": "payment_link.paid", "payload": {"payment_link": {"entity": entity}}}
    answer = await browser.post(RAZORPAY, json.dumps(event).encode(), GOOD)

    assert answer.status == 200
    assert await stored(hub) == 1
    await hub.work.run()
    assert "Paid ✓" in said(hub.card().reply)


async def test_a_webhook_delivered_twice_is_thanked_for_twice_and_stored_once(
    hub: Hub, browser: Browser
) -> None:
    answers = [await browser.post(RAZORPAY, b'{"event": "x"}', GOOD) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert [json.loads(answer.body)["status"] for answer in answers] == [
        "stored",
        "duplicate",
        "duplicate",
    ]
    assert await stored(hub) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"event": "payment_link.paid"}', {"X-Razorpay-Signature": "forged"}),
        (b'{"event": "payment_link.paid"}', {"X-Razorpay-Signature": ""}),
        (b'{"event": "payment_link.paid"}', {}),
        (b"", {"X-Razorpay-Signature": "good"}),
    ],
)
async def test_a_webhook_without_a_good_signature_is_refused_and_not_stored(
    hub: Hub, browser: Browser, body: bytes, headers: dict[str, str]
) -> None:
    assert (await browser.post(RAZORPAY, body, headers)).status == 400
    assert await stored(hub) == 0
    assert hub.work.waiting == []


@pytest.mark.parametrize("signature", ["forged", "0" * 64, "é" * 64, "00" * 5000])
@pytest.mark.fault("F06")
async def test_the_real_check_refuses_what_is_forged_or_truncated(
    hub: Hub, browser: Browser, signature: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Razorpay(SETTINGS, hub.clock)
    assert hub.services.payments is not None
    monkeypatch.setattr(hub.services.payments, "_gateway", gateway)
    answer = await browser.post(
        RAZORPAY, b'{"event": "payment_link', {"X-Razorpay-Signature": signature}
    )
    gateway.close()

    assert answer.status == 400
    assert await stored(hub) == 0


@pytest.mark.fault("F06")
async def test_a_signature_of_bytes_that_are_no_text_is_refused(
    hub: Hub, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Razorpay(SETTINGS, hub.clock)
    assert hub.services.payments is not None
    monkeypatch.setattr(hub.services.payments, "_gateway", gateway)
    for path, header in ((RAZORPAY, b"X-Razorpay-Signature"),
                         (TELEGRAM, b"X-Telegram-Bot-Api-Secret-Token")):  # fmt: skip
        status = await raw_post(browser.url, path, header + b": \xff\xfe")
        assert status in (b"400", b"403")
    gateway.close()


async def raw_post(url: str, path: str, header: bytes) -> bytes:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    start = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n"
    writer.write(start.encode() + header + b"\r\n\r\n{}")
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer.split(b" ")[1]


@pytest.mark.parametrize("path", [RAZORPAY, TELEGRAM])
@pytest.mark.fault("F43")
async def test_a_body_that_is_too_large_is_not_read(
    hub: Hub, browser: Browser, updates: list[bytes], path: str
) -> None:
    headers = {**GOOD, "X-Telegram-Bot-Api-Secret-Token": "telegrams-secret"}
    answer = await browser.post(path, b"x" * (BODY_BYTES_MAX + 1), headers)

    assert answer.status == 413
    assert await stored(hub) == 0
    assert updates == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [RAZORPAY, TELEGRAM])
@pytest.mark.fault("F43")
async def test_only_posts_are_webhooks(browser: Browser, path: str, method: str) -> None:
    assert (await browser.ask(method, path)).status == 405


@pytest.mark.fault("F42")
async def test_a_full_disk_asks_razorpay_to_come_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreUnavailableError("disk full")

    monkeypatch.setattr(Database, "write", full)
    answer = await browser.post(RAZORPAY, b'{"event": "x"}', GOOD)

    assert answer.status == 503
    assert b"disk" not in answer.body


async def test_telegrams_updates_reach_the_adapter_as_they_came(
    browser: Browser, updates: list[bytes]
) -> None:
    secret = {"X-Telegram-Bot-Api-Secret-Token": "telegrams-secret"}
    answer = await browser.post(TELEGRAM, b'{"update_id": 1}', secret)

    assert answer.status == 200
    assert updates == [b'{"update_id": 1}']


@pytest.mark.parametrize("secret", ["", "wrong", "telegrams-secre", "telegrams-secret2", "ü"])
async def test_an_update_without_the_secret_is_refused(
    browser: Browser, updates: list[bytes], secret: str
) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}

    assert (await browser.post(TELEGRAM, b"{}", headers)).status == 403
    assert updates == []


async def test_what_is_no_update_is_refused_for_good(browser: Browser) -> None:
    secret = {"X-Telegram-Bot-Api-Secret-Token": "telegrams-secret"}

    assert (await browser.post(TELEGRAM, b"broken", secret)).status == 400


async def test_an_empty_secret_opens_no_door(hub: Hub, updates: list[bytes]) -> None:
    async def handle(raw: bytes) -> None:
        updates.append(raw)

    app = build_app(hub.services, TelegramWebhook(SecretStr(""), handle))
    async with serve(app, "127.0.0.1", 0) as listening, aiohttp.ClientSession() as http:
        assert (await Browser(listening.url, http).post(TELEGRAM, b"{}")).status == 403
    assert updates == []


async def test_a_bot_without_webhooks_has_none(hub: Hub) -> None:
    app = build_app(hub.services, None)
    async with serve(app, "127.0.0.1", 0) as listening, aiohttp.ClientSession() as http:
        assert (await Browser(listening.url, http).post(TELEGRAM, b"{}")).status == 404
