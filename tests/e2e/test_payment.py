import asyncio
import sqlite3
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from sandbox.app import Sandbox, serve
from sandbox.client import Person, SandboxClient
from tests.e2e.conftest import free_port
from tests.e2e.world import Hub, buy, drawing_elsewhere, pay, started

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

Town = tuple[Sandbox, Hub]
_events = count(1)


def hours_of(hub: Hub, person: Person) -> int:
    connection = sqlite3.connect(f"file:{hub.folder}/hub.db?mode=ro", uri=True)
    question = """
        SELECT count(*) FROM user_sessions JOIN identities USING (user_id)
        WHERE platform_id = ?
    """
    try:
        asked = (person.key.removeprefix("newcomer"),)
        return int(connection.execute(question, asked).fetchone()[0])
    finally:
        connection.close()


async def test_a_failed_payment_can_be_tried_again(town: Town, newcomer: Person) -> None:
    await newcomer.say("/buy flash")
    order = await newcomer.wait("Pay by UPI")

    await pay(order, "fail")
    await pay(order)
    await newcomer.wait("Paid ✓")

    assert hours_of(town[1], newcomer) == 1


async def test_a_cancelled_order_opens_nothing(town: Town, newcomer: Person) -> None:
    await newcomer.say("/buy flash")
    order = await newcomer.wait("Pay by UPI")

    await newcomer.press(order, "Cancel")
    cancelled = await newcomer.wait("Cancelled")

    assert "Nothing was charged" in cancelled.text
    assert hours_of(town[1], newcomer) == 0


async def test_saying_paid_without_paying_opens_nothing(town: Town, newcomer: Person) -> None:
    await newcomer.say("/buy flash")
    order = await newcomer.wait("Pay by UPI")

    await newcomer.press(order, "I've paid")
    answer = await newcomer.wait_answer()
    await asyncio.sleep(1)

    assert "Razorpay" in answer.text
    assert hours_of(town[1], newcomer) == 0


async def test_the_same_link_is_shown_again_while_it_is_open(newcomer: Person) -> None:
    await newcomer.say("/buy flash")
    first = await newcomer.wait("Pay by UPI")

    await newcomer.say("/buy flash")
    second = await newcomer.wait("Pay by UPI")

    assert second.id != first.id
    assert second.button("Pay").url == first.button("Pay").url


@pytest.mark.fault("F01", "F21")
async def test_every_event_three_times_and_the_redirect_too_open_one_hour(
    town: Town, newcomer: Person
) -> None:
    base_url = newcomer.sandbox.base_url
    mischief = {"kind": "duplicate", "event": "*", "times": 3, "count": 4}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base_url}/_emu/webhooks/faults", json=mischief) as answer,
    ):
        assert answer.ok, await answer.text()

    await buy(newcomer)
    await asyncio.sleep(1)

    assert hours_of(town[1], newcomer) == 1


@pytest.mark.parametrize("signature", [None, "0" * 64, "kaputt", "A" * 64])
async def test_a_forged_webhook_is_refused_and_not_kept(town: Town, signature: str | None) -> None:
    hub = town[1]
    event_id = f"forged{next(_events):08}"
    headers = {"X-Razorpay-Event-Id": event_id}
    if signature is not None:
        headers["X-Razorpay-Signature"] = signature

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{hub.url}/webhooks/razorpay", data=b'{"event":"x"}', headers=headers) as got,
    ):
        assert got.status == 400

    connection = sqlite3.connect(f"file:{hub.folder}/hub.db?mode=ro", uri=True)
    kept = connection.execute("SELECT count(*) FROM webhook_inbox WHERE event_id = ?", (event_id,))
    assert kept.fetchone()[0] == 0
    connection.close()


async def test_nobody_presses_anothers_buttons(town: Town) -> None:
    async with SandboxClient(town[0].url) as client:
        asha, meera = client.person("asha"), client.person("meera", "friends")
        await buy(asha)
        asha = client.person("asha", "friends")
        await asha.say("/image a boat")
        result = await asha.wait(lambda message: message.media is not None)

        await meera.press(result, "Again")

        assert "somebody else" in (await meera.wait_answer()).text


async def test_in_a_group_buying_leads_to_the_private_chat(town: Town) -> None:
    async with SandboxClient(town[0].url) as client:
        ravi = client.person("ravi", "friends")
        await ravi.say("/buy")

        answer = await ravi.wait(lambda message: bool(message.buttons))

        url = answer.rows[0][0].url
        assert url is not None
        assert url.startswith("https://t.me/")
        assert "₹" not in answer.text


@pytest.mark.fault("F18")
async def test_without_public_address_the_payment_is_found_by_asking(tmp_path: Path) -> None:
    async with (
        serve(limits="none") as world,
        started(
            tmp_path,
            world.url,
            free_port(),
            HUB_WEB__PUBLIC_URL="",
            **drawing_elsewhere(world.url),
        ),
        SandboxClient(world.url) as client,
    ):
        await client.ready()
        asha = client.person("asha")
        await asha.say("/buy flash")
        order = await asha.wait("Pay by UPI")
        await pay(order)

        await asha.press(order, "I've paid")

        await asha.wait("Paid ✓")
