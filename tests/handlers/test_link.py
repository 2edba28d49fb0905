import asyncio
import re
from dataclasses import replace

import sqlalchemy as sa

from billing.plans import Plans
from chat.model import Reply
from handlers.picture import media_key
from handlers.routes import build_router
from store import links, users
from store.database import Transaction
from store.tables import audit_log, link_codes
from tests.doubles.hub import ASHA, ASHA_ELSEWHERE, FLASH, RAVI, Hub, presses, said
from tests.doubles.rows import rows_of

MINUTE = 60


def code_in(reply: Reply | None) -> str:
    found = re.search(r"/link (\S+)", said(reply))
    assert found
    return found[1]


async def code_of(hub: Hub, user: str = ASHA) -> str:
    return code_in(await hub.call("link", user=user))


async def asked(hub: Hub, user: str = ASHA_ELSEWHERE) -> tuple[str, Reply | None]:
    """Both wallets are shown; the press that joins them, and what was said."""
    reply = await hub.call("link", await code_of(hub), user)
    (press,) = presses(reply)
    assert press
    return press, reply


async def join(hub: Hub) -> None:
    press, _ = await asked(hub)
    assert "One wallet ✓" in said(await hub.press(press, ASHA_ELSEWHERE))


async def left_behind(hub: Hub, user_id: int) -> dict[str, int]:
    async with hub.services.database.read() as tx:
        return await rows_of(tx, user_id)


async def look_for_payments(hub: Hub) -> None:
    assert hub.services.payments
    hub.clock.pass_(MINUTE)
    await hub.services.payments.poll_due()
    await hub.work.run()


async def test_what_was_bought_on_one_platform_is_drawn_on_the_other(hub: Hub) -> None:
    await hub.grant("flash")
    await hub.draw("a boat")
    await hub.work.run()

    await join(hub)
    await hub.draw("a fox", ASHA_ELSEWHERE)
    await hub.work.run()

    assert await hub.images_used(ASHA) == await hub.images_used(ASHA_ELSEWHERE) == 2


async def test_both_wallets_are_shown_before_anything_changes(hub: Hub) -> None:
    await hub.grant("flash")
    await hub.draw("a boat")
    await hub.grant("pro", user=ASHA_ELSEWHERE)

    _, reply = await asked(hub)

    assert "1 / 8 pictures" in said(reply)
    assert "1 × Pro" in said(reply)
    assert "Telegram · Asha" in said(reply)
    assert "Discord · Asha" in said(reply)
    assert (await hub.wallet(ASHA_ELSEWHERE)).running is None


async def test_all_of_it_is_for_the_askers_eyes(hub: Hub) -> None:
    offered = await hub.call("link", private=False)
    shown = await hub.call("link", code_in(offered), ASHA_ELSEWHERE, private=False)
    (press,) = presses(shown)
    assert press
    joined = await hub.press(press, ASHA_ELSEWHERE, private=False)

    for reply in (offered, shown, joined):
        assert reply is not None
        assert reply.private
    assert all(c.is_private for c in hub.router.commands if "link" in c.name)


async def test_nothing_of_the_younger_user_is_left_behind(hub: Hub) -> None:
    await hub.grant("flash")
    await hub.draw()
    await hub.grant("pro", hours=2, user=ASHA_ELSEWHERE)
    await hub.draw("a boat", ASHA_ELSEWHERE)
    await hub.call("buy", "flash", ASHA_ELSEWHERE)
    await hub.work.run()
    await hub.draw("a boat", ASHA_ELSEWHERE)

    await join(hub)

    assert await left_behind(hub, 2) == {}


async def test_the_older_user_stays_whoever_asks(hub: Hub) -> None:
    await hub.grant("flash", user=ASHA_ELSEWHERE)
    await hub.grant("flash")

    await join(hub)

    async def who(tx: Transaction) -> set[int]:
        found = [
            await users.find(tx, "telegram", ASHA),
            await users.find(tx, "discord", ASHA_ELSEWHERE.partition(":")[2]),
        ]
        return {user.id for user in found if user}

    assert await hub.services.database.write(who) == {1}


async def test_the_better_of_two_running_hours_goes_on_and_the_other_follows(hub: Hub) -> None:
    lite, pro = await hub.grant("flash-lite"), await hub.grant("pro", user=ASHA_ELSEWHERE)
    await hub.press(f"v1:start:{lite}")
    await hub.press(f"v1:start:{pro}", ASHA_ELSEWHERE)
    hub.clock.pass_(20 * MINUTE)

    await join(hub)

    wallet = await hub.wallet()
    assert wallet.running
    assert wallet.running.id == pro
    assert [(hour.id, hour.seconds_left) for hour in wallet.waiting] == [(lite, 40 * MINUTE)]
    hub.clock.pass_(40 * MINUTE)
    wallet = await hub.wallet()
    assert wallet.running
    assert (wallet.running.id, wallet.seconds_left) == (lite, 40 * MINUTE)


async def test_a_picture_in_the_works_belongs_to_the_joined_user(hub: Hub) -> None:
    await hub.grant("pro")
    await hub.grant("flash", user=ASHA_ELSEWHERE)
    job_id = await hub.draw("a boat", ASHA_ELSEWHERE)
    press, _ = await asked(hub)

    hub.engine.hold()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hub.work.run())
        await hub.engine.asked.wait()
        await hub.press(press, ASHA_ELSEWHERE)
        hub.engine.released.set()

    assert (await hub.job(job_id)).state == "done"
    assert await media_key(hub.services, job_id, 1) is not None
    assert said(await hub.press(f"v1:details:{job_id}", ASHA)).startswith("a boat")
    assert await left_behind(hub, 2) == {}


async def test_a_payment_that_was_on_its_way_opens_its_hour_for_both(hub: Hub) -> None:
    await hub.call("session")
    await hub.call("buy", "flash", ASHA_ELSEWHERE)
    await hub.work.run()
    (link,) = hub.gateway.links.values()

    await join(hub)
    hub.gateway.pay(link)
    await look_for_payments(hub)

    assert [hour.plan_id for hour in (await hub.wallet(ASHA)).unstarted] == ["flash"]


async def test_of_two_open_orders_of_a_plan_one_stays_and_money_on_the_other_counts(
    hub: Hub,
) -> None:
    await hub.call("buy", "flash")
    await hub.call("buy", "flash", ASHA_ELSEWHERE)
    await hub.work.run()
    first, second = hub.gateway.links.values()
    hub.gateway.pay(second)

    await join(hub)
    hub.gateway.pay(first)
    await look_for_payments(hub)

    assert len((await hub.wallet()).unstarted) == 2


async def test_a_code_entered_again_or_a_button_pressed_again_changes_nothing(hub: Hub) -> None:
    await hub.grant("flash")
    code = await code_of(hub)
    first = await hub.call("link", code, ASHA_ELSEWHERE)
    again = await hub.call("link", code, ASHA_ELSEWHERE)
    assert said(first) == said(again)
    (press,) = presses(first)
    assert press

    joined = await hub.press(press, ASHA_ELSEWHERE)
    await hub.draw()
    pressed_again = await hub.press(press, ASHA_ELSEWHERE)
    entered_again = await hub.call("link", code, ASHA_ELSEWHERE)

    assert said(joined) == said(pressed_again)
    assert "share one wallet already" in said(entered_again)
    await hub.work.run()
    assert await hub.images_used() == 1
    async with hub.services.database.read() as tx:
        assert len(await links.identities_of(tx, 1)) == 2
        written = (await tx.execute(sa.select(audit_log).where(audit_log.c.action == "link"))).all()
    assert [(row.actor, row.subject, row.detail["joined"]) for row in written] == [
        ("discord:7", "1", 2)
    ]


async def test_a_code_that_somebody_else_entered_is_worth_nothing(hub: Hub) -> None:
    code = await code_of(hub)
    await hub.call("link", code, ASHA_ELSEWHERE)

    assert "wrong" in said(await hub.call("link", code, "discord:8"))


async def test_nobody_confirms_for_another(hub: Hub) -> None:
    press, _ = await asked(hub)

    for stranger in ("discord:8", ASHA):
        assert "somebody else" in said(await hub.press(press, stranger))
    assert "nothing to show" in said(await hub.press("v1:link:lnk_none", ASHA_ELSEWHERE))


async def test_an_old_code_and_an_old_question_are_refused(hub: Hub) -> None:
    code = await code_of(hub)
    hub.clock.pass_(10 * MINUTE)
    assert "too old" in said(await hub.call("link", code, ASHA_ELSEWHERE))

    press, _ = await asked(hub)
    hub.clock.pass_(10 * MINUTE)
    assert "too old" in said(await hub.press(press, ASHA_ELSEWHERE))


async def test_a_new_code_makes_the_former_one_worthless(hub: Hub) -> None:
    former = await code_of(hub)
    await code_of(hub)

    assert "wrong" in said(await hub.call("link", former, ASHA_ELSEWHERE))


async def test_a_code_can_be_typed_as_people_type(hub: Hub) -> None:
    code = await code_of(hub)

    typed = code.lower().replace("-", " ")

    assert presses(await hub.call("link", typed, ASHA_ELSEWHERE))


async def test_after_five_wrong_codes_even_the_right_one_has_to_wait(hub: Hub) -> None:
    for wrong in range(5):
        assert "wrong" in said(await hub.call("link", f"WRONG-{wrong}", ASHA_ELSEWHERE))
        hub.clock.pass_(MINUTE)
    code = await code_of(hub)

    assert "try again in 5 minutes" in said(await hub.call("link", code, ASHA_ELSEWHERE))
    assert presses(await hub.call("link", code, "discord:8")), "others may"
    hub.clock.pass_(5 * MINUTE)
    assert presses(await hub.call("link", await code_of(hub), ASHA_ELSEWHERE))


async def test_an_account_of_its_own_does_not_give_five_tries_more(hub: Hub) -> None:
    await join(hub)
    for wrong in range(5):
        await hub.call("link", f"WRONG-{wrong}", ASHA_ELSEWHERE)
    (press,) = presses(await hub.call("unlink", user=ASHA_ELSEWHERE))
    assert press
    await hub.press(press, ASHA_ELSEWHERE)

    assert "Too many" in said(await hub.call("link", "WRONG-6", ASHA_ELSEWHERE))


async def test_a_code_works_on_the_other_platform_only(hub: Hub) -> None:
    code = await code_of(hub)

    for user in (ASHA, RAVI):
        assert "made on this app" in said(await hub.call("link", code, user))
    assert presses(await hub.call("link", code, ASHA_ELSEWHERE))


async def test_who_is_linked_is_told_so(hub: Hub) -> None:
    await join(hub)

    for user in (ASHA, ASHA_ELSEWHERE):
        assert "already" in said(await hub.call("link", user=user))


async def test_two_accounts_on_one_platform_share_no_wallet(hub: Hub) -> None:
    await hub.call("session", user=RAVI)
    code = await code_of(hub, RAVI)
    await join(hub)

    refused = await hub.call("link", code, ASHA_ELSEWHERE)

    assert "linked with another account" in said(refused)


async def test_where_there_is_one_platform_nothing_can_be_linked(hub: Hub) -> None:
    hub.router = build_router(replace(hub.services, chats={"telegram": hub.chat}))

    assert "this app only" in said(await hub.call("link"))


async def test_the_language_is_that_of_the_person(hub: Hub) -> None:
    await hub.grant("flash")
    hub.language = "hi"

    press, reply = await asked(hub)
    joined = await hub.press(press, ASHA_ELSEWHERE)

    assert "बटुआ" in said(reply)
    assert "बटुआ" in said(joined)
    async with hub.services.database.read() as tx:
        assert await users.language_of(tx, 1) == "hi"


async def test_a_code_is_kept_as_a_digest_and_is_never_the_same(hub: Hub) -> None:
    codes = {(await code_of(hub)).replace("-", "").lower() for _ in range(20)}
    async with hub.services.database.read() as tx:
        (kept,) = (await tx.execute(sa.select(link_codes))).all()

    assert len(codes) == 20
    assert {len(code) for code in codes} == {10}
    assert not any(code in str(kept) for code in codes)


async def test_hours_of_a_plan_that_is_sold_no_more_are_joined_too(hub: Hub) -> None:
    lite, pro = await hub.grant("flash-lite"), await hub.grant("pro", user=ASHA_ELSEWHERE)
    await hub.press(f"v1:start:{lite}")
    await hub.press(f"v1:start:{pro}", ASHA_ELSEWHERE)
    hub.services.hours.plans = Plans((FLASH,))

    await join(hub)

    wallet = await hub.wallet()
    assert wallet.running
    assert len(wallet.waiting) == 1


async def test_a_link_carries_the_code_to_the_other_platform(hub: Hub) -> None:
    reply = await hub.call("link", user=ASHA_ELSEWHERE)
    assert reply is not None
    ((button,),) = reply.buttons
    assert button.url is not None
    payload = button.url.partition("start=")[2]
    assert re.fullmatch(r"l_\w{10}", payload)

    (press,) = presses(await hub.call("start", payload))
    assert press
    assert "One wallet ✓" in said(await hub.press(press))


async def test_where_the_other_platform_has_no_links_the_code_is_typed(hub: Hub) -> None:
    reply = await hub.call("link")

    assert reply is not None
    assert reply.buttons == ()


async def test_a_link_with_a_wrong_code_says_so(hub: Hub) -> None:
    assert "wrong, used, or too old" in said(await hub.call("start", "l_nonsense"))
