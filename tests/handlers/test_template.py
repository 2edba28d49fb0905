import pytest
from pydantic import ValidationError

from chat.model import Form
from handlers.settings import ImageSettings
from handlers.template import filled
from tests.doubles.hub import IMAGES, Hub, said


async def form_of(hub: Hub, name: str = "postcard") -> Form:
    reply = await hub.press(f"v1:fill:{name}")
    assert reply is not None
    assert reply.form is not None
    return reply.form


async def test_every_template_has_a_button_that_asks_for_its_blank(hub: Hub) -> None:
    offered = await hub.call("templates")
    assert offered is not None
    assert [[button.press for button in row] for row in offered.buttons] == [["v1:fill:postcard"]]
    assert "a sunset over {a place}" in said(offered)

    form = await form_of(hub)
    assert (form.title, form.label) == ("postcard", "a place")
    assert form.length_max == IMAGES.prompt_length_max - len("a sunset over ")


async def test_what_is_written_into_the_blank_is_drawn_and_charged_once(hub: Hub) -> None:
    await hub.grant()
    form = await form_of(hub)
    for _ in range(2):
        assert await hub.answer(form.id, " the Taj Mahal\n", event="update-9") is None
    await hub.work.run()

    [(_, request)] = hub.engine.drawn
    assert request.prompt == "a sunset over the Taj Mahal"
    assert "a sunset over the Taj Mahal" in said(hub.card().reply)
    assert await hub.images_used() == 1


@pytest.mark.parametrize(
    ("words", "sentence"), [("x" * 2000, "characters"), (" \n", "Say what to draw")]
)
async def test_too_many_words_or_none_cost_nothing(hub: Hub, words: str, sentence: str) -> None:
    await hub.grant()
    reply = await hub.answer("v1:fill:postcard", words)

    assert sentence in said(reply)
    assert "Nothing was charged" in said(reply)
    assert hub.work.waiting == []


async def test_a_template_that_is_no_longer_offered_says_so(hub: Hub) -> None:
    pressed, answered = await hub.press("v1:fill:gone"), await hub.answer("v1:fill:gone", "a hat")

    assert said(pressed) == said(answered)
    assert "button" in said(pressed)


def test_words_with_braces_stay_as_they_are() -> None:
    assert filled("a cat in {a place}", r"{x} \\1") == r"a cat in {x} \\1"


@pytest.mark.parametrize("template", ["a cat", "a {thing} in {a place}", "a {} cat"])
def test_a_template_without_exactly_one_blank_is_refused(template: str) -> None:
    with pytest.raises(ValidationError, match="one blank"):
        ImageSettings(templates={"postcard": template})


@pytest.mark.parametrize("name", ["", "Post card", "x" * 33])
def test_a_name_that_no_button_could_carry_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        ImageSettings(templates={name: "a cat in {a place}"})
