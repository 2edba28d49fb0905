import asyncio

import pytest

from chat.errors import BadValueError, UnknownOptionError
from chat.parsing import parse
from engine.job import GenerationRequest
from handlers.image import declaration, request_from
from handlers.settings import ImageSettings
from tests.doubles.hub import RAVI, Hub, labels, presses, said


async def test_a_picture_is_drawn_kept_shown_and_charged_once(hub: Hub) -> None:
    await hub.grant("flash")
    job_id = await hub.draw("a fox --style anime --seed 7")
    await hub.work.run()

    shown = hub.card()
    assert shown.reply.media is not None
    assert shown.reply.media.data.startswith(b"\x89PNG")
    assert "a fox" in said(shown.reply)
    assert "seed 7" in said(shown.reply)
    assert await hub.images_used() == 1
    assert (await hub.job(job_id)).state == "done"
    ((_, request),) = hub.engine.drawn
    assert request.prompt == "a fox, anime style"
    assert (request.seed, request.steps, request.width) == (7, 4, 64)


async def test_without_an_hour_nothing_is_left_behind_and_the_plans_are_one_tap_away(
    hub: Hub,
) -> None:
    reply = await hub.call("image", "a fox")

    assert "Nothing was charged" in said(reply)
    assert presses(reply) == ["v1:plans:"]
    assert await hub.live_jobs() == []
    assert hub.work.waiting == []


async def test_spent_credits_say_the_limit_and_offer_the_next_hour_and_the_plan_above(
    hub: Hub,
) -> None:
    await hub.grant("flash-lite", hours=2)
    for _ in range(3):
        await hub.draw()
        await hub.work.run()
    reply = await hub.call("image", "a fox")

    assert "3" in said(reply)
    assert "Nothing was charged" in said(reply)
    start, upgrade, plans = presses(reply)
    assert start is not None
    assert start.startswith("v1:start:ord_")
    assert upgrade == "v1:plan:flash"
    assert plans == "v1:plans:"
    assert labels(reply)[1] == "Upgrade to Flash"


async def test_an_hour_of_a_plan_no_longer_on_sale_still_draws(hub: Hub) -> None:
    await hub.grant("flash")
    hub.services.plans._by_id.pop("flash")

    await hub.draw()
    await hub.work.run()

    assert hub.card().reply.media is not None


@pytest.mark.parametrize(
    "prompt",
    [
        "🦊🦊 in the ❄️",
        "सूरज के नीचे एक लोमड़ी",
        "<b>bold</b> & <script>alert(1)</script>",
        "{prompt} {0} %s",
        'say "cheese" — don\'t',
        "x" * 1000,
        "line\nbreak",
    ],
)
async def test_what_people_write_is_drawn_and_shown_as_they_wrote_it(hub: Hub, prompt: str) -> None:
    await hub.grant()
    job_id = await hub.draw(prompt)
    await hub.work.run()

    ((_, request),) = hub.engine.drawn
    assert request.prompt == prompt
    assert (await hub.job(job_id)).request["prompt"] == prompt
    assert prompt[:200] in said(hub.card().reply)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", "/image"),
        ("   ", "/image"),
        ("--style anime", "/image"),
        ("x" * 5000, "1000"),
        ("🦊" * 1001, "1000"),
        ("a fox --no " + "x" * 1001, "no"),
        ("a fox --size 512", "--shape"),
        ("a fox --style cubism", "anime"),
        ("a fox --shape round", "portrait"),
        ("a fox --seed -1", "seed"),
        ("a fox --seed", "seed"),
        ("a fox --seed 99999999999999", "4,294,967,295"),
        ("a fox --steps 0", "1–50"),
        ("a fox --steps many", "1–50"),
        ("a fox --guidance nan", "1–20"),
        ("a fox --sampler magic", "euler"),
        ("half a pair \ud83d", ""),
    ],
)
async def test_bad_words_get_one_answer_that_says_nothing_was_charged(
    hub: Hub, arguments: str, names: str
) -> None:
    await hub.grant()
    reply = await hub.call("image", arguments)

    assert names in said(reply)
    assert "Nothing was charged" in said(reply)
    assert len(said(reply)) < 300
    assert await hub.live_jobs() == []
    assert (await hub.wallet()).running is None, "an hour does not start for nothing"


async def test_again_draws_the_same_words_with_another_seed_as_a_new_message(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw("a fox --style anime --seed 7")
    await hub.work.run()
    first = hub.card()

    assert await hub.press(f"v1:again:{job_id}", message=first.id) is None
    await hub.work.run()

    assert len(hub.chat.messages) == 2
    assert hub.card().reply_to == first.id
    (_, one), (_, two) = hub.engine.drawn
    assert two.prompt == one.prompt
    assert two.seed != one.seed
    assert await hub.images_used() == 2


async def test_a_covered_picture_stays_covered_when_it_is_drawn_again(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw("a fox --spoiler")
    await hub.work.run()
    await hub.press(f"v1:again:{job_id}", message=hub.card().id)
    await hub.draw("a cat")
    await hub.work.run()

    media = [message.reply.media for message in hub.chat.messages.values()]
    assert [shown is not None and shown.spoiler for shown in media] == [True, True, False]


async def test_a_press_delivered_twice_draws_once(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    for _ in range(2):
        await hub.press(f"v1:again:{job_id}", event="press-1")
    await hub.work.run()

    assert len(hub.engine.drawn) == 2


@pytest.mark.parametrize("verb", ["again", "cancel", "details", "original"])
async def test_nobody_can_press_anothers_button(hub: Hub, verb: str) -> None:
    await hub.grant()
    await hub.grant(user=RAVI)
    job_id = await hub.draw()
    if verb != "cancel":
        await hub.work.run()
    reply = await hub.press(f"v1:{verb}:{job_id}", user=RAVI, private=False)

    assert reply is not None
    assert reply.toast
    assert "somebody else" in said(reply)
    assert "Nothing was charged" in said(reply)
    assert len(hub.engine.drawn) == (0 if verb == "cancel" else 1)
    assert (await hub.job(job_id)).state == ("queued" if verb == "cancel" else "done")


@pytest.mark.parametrize("verb", ["again", "cancel", "details", "original"])
async def test_a_button_of_a_job_that_never_was_is_answered(hub: Hub, verb: str) -> None:
    reply = await hub.press(f"v1:{verb}:job_0")

    assert reply is not None
    assert reply.toast
    assert "Nothing was charged" in said(reply)


async def test_a_cancelled_job_is_not_charged_and_its_card_says_so(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    assert await hub.press(f"v1:cancel:{job_id}") is None
    await hub.work.run()

    assert hub.engine.drawn == []
    assert await hub.images_left() == 8
    assert "Nothing was charged" in said(hub.card().reply)
    assert presses(hub.card().reply) == [f"v1:again:{job_id}"]


async def test_a_running_job_is_stopped_by_cancel(hub: Hub) -> None:
    await hub.grant()
    hub.engine.hold()
    job_id = await hub.draw()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(hub.work.run())
        await hub.engine.asked.wait()
        await hub.press(f"v1:cancel:{job_id}")
    await hub.work.run()

    assert hub.engine.drawn == []
    assert await hub.images_left() == 8


async def test_a_job_that_ended_cannot_be_cancelled(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    reply = await hub.press(f"v1:cancel:{job_id}")

    assert reply is not None
    assert reply.toast
    assert await hub.images_used() == 1


def test_a_style_is_put_around_the_words_and_defaults_fill_the_rest() -> None:
    settings = ImageSettings(styles={"neon": "{prompt}, neon"}, negative_prompt="blurry")
    request = request_from({"prompt": "a fox", "style": "neon"}, settings, seed=5)

    assert request == GenerationRequest(
        "a fox, neon", "blurry", 512, 512, settings.steps, settings.guidance, 5, settings.sampler
    )
    assert request_from({"prompt": "a", "no": "cats", "seed": 0}, settings, 5).seed == 0


def test_a_bot_without_styles_offers_none() -> None:
    command = declaration(ImageSettings(styles={}))

    with pytest.raises(UnknownOptionError):
        parse(command, "a fox --style neon")
    with pytest.raises(BadValueError):
        parse(command, "a fox --shape neon")
