from chat.errors import RefusedError, TryLaterError, UnreachableError
from handlers.owed import AT_ONCE, DELAY_S
from tests.doubles.hub import ASHA, RAVI, Hub, said


async def unseen(hub: Hub, words: str = "a fox") -> str:
    """A picture that was drawn and charged, and that nobody could be shown."""
    job_id = await hub.draw(words)
    hub.chat.fail = [UnreachableError() for _ in range(2)]
    await hub.work.run()
    assert hub.chat.fail == []
    assert hub.chat.messages == {}
    return job_id


async def test_what_could_not_be_shown_comes_with_the_next_click(hub: Hub) -> None:
    await hub.grant()
    await unseen(hub)
    await hub.press("v1:session:", message="77", private=False)
    (queued,) = hub.work.waiting
    assert queued.delay_s == DELAY_S
    await hub.work.run()

    (shown,) = hub.chat.messages.values()
    assert shown.chat == f"aside {ASHA}"
    assert shown.reply.media is not None
    assert "1 picture taken" in said(shown.reply)
    assert await hub.images_used() == 1

    await hub.call("session")
    assert hub.work.waiting == []


async def test_what_cannot_be_shown_again_stays_owed(hub: Hub) -> None:
    await hub.grant()
    await unseen(hub)
    for _ in range(2):
        await hub.call("session")
        hub.chat.fail = [UnreachableError()]
        await hub.work.run()
    hub.chat.fail = []
    await hub.say("hello?")
    await hub.work.run()

    assert len(hub.chat.messages) == 1


async def test_two_clicks_at_once_bring_it_once(hub: Hub) -> None:
    await hub.grant()
    await unseen(hub)
    await hub.call("session")
    await hub.call("help")
    await hub.work.run()

    assert len(hub.chat.messages) == 1


async def test_nobody_is_shown_anothers_picture(hub: Hub) -> None:
    await hub.grant()
    await unseen(hub)
    await hub.call("start", user=RAVI)
    await hub.call("start", user="33")

    assert hub.work.waiting == []


async def test_who_was_away_for_long_is_not_flooded(hub: Hub) -> None:
    await hub.grant()
    hub.chat.fail = [UnreachableError() for _ in range(99)]
    for number in range(AT_ONCE + 1):
        await hub.draw(f"fox {number}")
        await hub.work.run()
    hub.chat.fail = []
    await hub.call("session")
    await hub.work.run()
    assert len(hub.chat.messages) == AT_ONCE
    await hub.call("session")
    await hub.work.run()

    prompts = {shown.reply.media.alt for shown in hub.chat.messages.values() if shown.reply.media}
    assert prompts == {f"fox {number}" for number in range(AT_ONCE + 1)}


async def test_what_is_refused_or_only_late_is_not_owed(hub: Hub) -> None:
    await hub.grant()
    await hub.draw()
    hub.chat.fail = [RefusedError(), TryLaterError(1)]
    await hub.work.run()
    await hub.call("session")
    await hub.work.run()

    assert len(hub.chat.messages) == 1
    assert hub.card().chat == ASHA
