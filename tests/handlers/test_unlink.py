import sqlalchemy as sa

from store import jobs
from store.tables import audit_log
from tests.doubles.hub import ASHA, ASHA_ELSEWHERE, RAVI, Hub, presses, said
from tests.handlers.test_link import join


async def separation(hub: Hub, user: str = ASHA_ELSEWHERE) -> str:
    reply = await hub.call("unlink", user=user)
    assert reply is not None
    assert reply.private
    (press,) = presses(reply)
    assert press
    return press


async def test_hours_stay_with_the_other_and_this_one_begins_empty(hub: Hub) -> None:
    await hub.grant("flash", user=ASHA_ELSEWHERE)
    await join(hub)
    await hub.draw()
    await hub.work.run()

    await hub.press(await separation(hub), ASHA_ELSEWHERE)

    assert await hub.images_used(ASHA) == 1
    assert "no hour yet" in said(await hub.call("session", user=ASHA_ELSEWHERE))


async def test_what_stays_where_is_said_before_anything_changes(hub: Hub) -> None:
    await hub.grant("flash")
    await join(hub)

    reply = await hub.call("unlink", user=ASHA_ELSEWHERE)

    assert "Discord · Asha would get an empty wallet" in said(reply)
    assert "stay with Telegram · Asha" in said(reply)
    assert (await hub.wallet(ASHA_ELSEWHERE)).unstarted


async def test_a_second_press_changes_nothing(hub: Hub) -> None:
    await join(hub)
    press = await separation(hub)

    first = await hub.press(press, ASHA_ELSEWHERE)
    await hub.grant("flash", user=ASHA_ELSEWHERE)
    second = await hub.press(press, ASHA_ELSEWHERE)

    assert said(first) == said(second)
    assert (await hub.wallet(ASHA_ELSEWHERE)).unstarted
    async with hub.services.database.read() as tx:
        written = (
            await tx.execute(sa.select(audit_log).where(audit_log.c.action == "unlink"))
        ).all()
    assert [(row.actor, row.subject) for row in written] == [("discord:7", "1")]


async def test_a_press_from_before_another_link_is_refused(hub: Hub) -> None:
    await hub.call("session", user=ASHA_ELSEWHERE)
    await join(hub)
    press = await separation(hub)
    await hub.press(press, ASHA_ELSEWHERE)
    await join(hub)

    assert "somebody else" in said(await hub.press("v1:unlink:77", ASHA_ELSEWHERE))
    assert await separation(hub)


async def test_who_is_not_linked_has_nothing_to_separate(hub: Hub) -> None:
    assert "wallet of its own" in said(await hub.call("unlink"))
    assert "wallet of its own" in said(await hub.press("v1:unlink:1", RAVI))


async def test_a_picture_in_the_works_is_drawn_and_paid_by_the_wallet_it_came_from(
    hub: Hub,
) -> None:
    await hub.grant("flash")
    await join(hub)
    job_id = await hub.draw("a boat", ASHA_ELSEWHERE)

    await hub.press(await separation(hub), ASHA_ELSEWHERE)
    await hub.work.run()

    assert await hub.images_used(ASHA) == 1
    assert hub.elsewhere.last.reply.media is not None
    assert said(await hub.press(f"v1:details:{job_id}", ASHA)).startswith("a boat")


async def test_joined_again_they_share_conversations_and_history(hub: Hub) -> None:
    await hub.grant("flash")
    await join(hub)
    await hub.draw("a boat", ASHA_ELSEWHERE)
    await hub.press(await separation(hub), ASHA_ELSEWHERE)
    await hub.grant("flash", user=ASHA_ELSEWHERE)
    await hub.draw("a fox", ASHA_ELSEWHERE)

    await join(hub)
    await hub.work.run()

    async with hub.services.database.read() as tx:
        drawn = [await jobs.get(tx, job_id) for job_id, _ in hub.engine.drawn]
    assert len({job.conversation_id for job in drawn if job}) == 1
    assert {job.user_id for job in drawn if job} == {1}
