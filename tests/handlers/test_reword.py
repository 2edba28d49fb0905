import pytest

from chat.model import Form
from engine.job import GenerationRequest
from handlers.accepting import Asked
from handlers.reword import reworded
from tests.doubles.hub import IMAGES, RAVI, Hub, said


async def form_of(hub: Hub, job_id: str) -> Form:
    reply = await hub.press(f"v1:reword:{job_id}")
    assert reply is not None
    assert reply.form is not None
    return reply.form


async def test_other_words_are_drawn_with_the_same_style_size_and_seed(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw("a fox --style anime --shape portrait --seed 7 --spoiler")
    await hub.work.run()
    form = await form_of(hub, job_id)
    assert form.value == "a fox"
    assert form.length_max == IMAGES.prompt_length_max

    assert await hub.answer(form.id, " a fox in a hat\n") is None
    await hub.work.run()

    (_, first), (_, second) = hub.engine.drawn
    assert second.prompt == "a fox in a hat, anime style"
    assert (second.size, second.seed, second.steps) == (first.size, 7, first.steps)
    card = hub.card().reply
    assert "a fox in a hat" in said(card)
    assert card.media is not None
    assert card.media.spoiler
    assert hub.card().reply_to == "50"
    assert await hub.images_used() == 2


async def test_opening_the_form_begins_and_charges_nothing(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    await form_of(hub, job_id)

    assert hub.work.waiting == []
    assert await hub.images_used() == 1


async def test_an_answer_that_comes_twice_is_drawn_once(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    for _ in range(2):
        assert await hub.answer(f"v1:reword:{job_id}", "a hat", event="update-9") is None
    await hub.work.run()

    assert await hub.images_used() == 2


@pytest.mark.parametrize(
    ("words", "sentence"), [("x" * 2000, "characters"), (" \n", "Say what to draw")]
)
async def test_too_many_words_or_none_cost_nothing(hub: Hub, words: str, sentence: str) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    reply = await hub.answer(f"v1:reword:{job_id}", words)

    assert sentence in said(reply)
    assert "Nothing was charged" in said(reply)
    assert await hub.images_used() == 1


async def test_nobody_rewords_anothers_picture(hub: Hub) -> None:
    await hub.grant()
    await hub.grant(user=RAVI)
    job_id = await hub.draw()

    assert "somebody else" in said(await hub.press(f"v1:reword:{job_id}", user=RAVI))
    assert "somebody else" in said(await hub.answer(f"v1:reword:{job_id}", "a hat", user=RAVI))
    assert "nothing to show" in said(await hub.answer("v1:reword:job_gone", "a hat"))


async def test_a_message_s_menu_does_what_the_buttons_do(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw()
    await hub.work.run()
    buttons = ("v1:details:" + job_id, "v1:again:" + job_id)

    opened = await hub.choose("reword", *buttons)
    assert opened is not None
    assert opened.form == await form_of(hub, job_id)
    assert await hub.choose("vary", *buttons) is None
    await hub.work.run()
    assert hub.engine.drawn[1][1].image is not None
    assert await hub.images_used() == 2


async def test_a_menu_on_another_message_says_what_it_is_for(hub: Hub) -> None:
    for name in ("reword", "vary"):
        for presses in ((), ("v1:plans:",)):
            assert "pictures that I drew" in said(await hub.choose(name, *presses))


def test_a_style_that_is_no_longer_offered_is_left_out() -> None:
    request = GenerationRequest("oil painting of a fox", "", 64, 64, 4, 7.5, 7, "ddim")
    asked = reworded(Asked("a fox", request), "a hat", IMAGES)

    assert (asked.prompt, asked.request.prompt) == ("a hat", "a hat")
