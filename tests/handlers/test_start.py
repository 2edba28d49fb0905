from handlers.routes import build_router
from tests.doubles.hub import Hub, labels, presses, said


async def test_a_newcomer_is_welcomed_by_name_and_shown_three_ways_on(hub: Hub) -> None:
    reply = await hub.call("start")

    assert "Asha" in said(reply)
    assert presses(reply) == ["v1:plans:", "v1:session:", "v1:help:"]


async def test_a_link_can_lead_to_the_plans_or_to_the_hour(hub: Hub) -> None:
    assert "Flash Lite" in said(await hub.call("start", "buy"))
    assert "no hour" in said(await hub.call("start", "session"))
    assert "Welcome" in said(await hub.call("start", "<b>anything else</b>"))


async def test_help_lists_every_command_for_everyone_but_start(hub: Hub) -> None:
    reply = await hub.call("help", "please")

    for command in build_router(hub.services).commands:
        is_listed = command.audience == "everyone" and command.name != "start"
        assert (f"/{command.name} " in said(reply)) == is_listed
    assert said(await hub.press("v1:help:")) == said(reply)
    assert "(red:1.4)" in said(reply)  # which the engine reads: `engine.prompts.weighted`


async def test_help_speaks_the_language_of_the_asker(hub: Hub) -> None:
    hub.language = "hi-IN"
    assert "शब्दों से तस्वीर" in said(await hub.call("help"))
    hub.language = "xx"
    assert "Draw a picture" in said(await hub.call("help"))


async def test_words_that_are_no_command_are_shown_as_one(hub: Hub) -> None:
    assert "/image a red <i>fox</i>" in said(await hub.say("a red <i>fox</i>"))
    long = said(await hub.say("x" * 4000))
    assert "/image" in long
    assert len(long) < 100


async def test_nothing_that_is_said_starts_or_charges_anything(hub: Hub) -> None:
    await hub.grant()
    for words in ("hello", "/", "draw a fox", ""):
        await hub.say(words)
    await hub.call("start")

    assert hub.work.waiting == []
    assert (await hub.wallet()).running is None


async def test_buttons_fit_both_platforms(hub: Hub) -> None:
    for reply in (await hub.call("start"), await hub.call("buy")):
        assert all(0 < len(label) <= 80 for label in labels(reply))
