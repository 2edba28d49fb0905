import io

import pytest
from PIL import Image

from sandbox.client import Person
from tests.e2e.world import buy, pay

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_newcomer_buys_an_hour_and_draws(newcomer: Person) -> None:
    await newcomer.say("/start")
    welcome = await newcomer.wait("Welcome")
    await newcomer.press(welcome, "See plans")
    plans = await newcomer.wait("₹")
    assert [button.split(" · ")[1] for button in plans.buttons[:3]] == ["₹50", "₹100", "₹200"]
    assert plans.buttons[-1] == "For somebody else"

    await newcomer.press(plans, "Flash Lite")
    order = await newcomer.wait("Pay by UPI")
    assert order.id == plans.id, "the order takes the place of the list"
    await pay(order)
    paid = await newcomer.wait("Paid ✓")
    assert paid.id == order.id

    await newcomer.press(paid, "Start my hour")
    await newcomer.wait("is running")
    await newcomer.say("/image a red balloon over the sea --seed 7")
    result = await newcomer.wait(lambda message: message.media is not None)

    assert result.photo is not None
    assert Image.open(io.BytesIO(result.photo)).size == (64, 64)
    assert "a red balloon over the sea" in result.text
    assert "1 picture taken · 2 of 3 left" in result.text
    assert "Again" in result.buttons

    await newcomer.say("/session")
    session = await newcomer.wait("▰")
    assert "1 / 3 pictures" in session.text
    assert "59" in session.text or "60" in session.text
    assert await newcomer.sandbox.faults() == []


async def test_spent_credits_answer_with_the_limit_and_an_upgrade(newcomer: Person) -> None:
    await buy(newcomer)

    for number in range(3):
        await newcomer.say(f"/image picture {number}")
        await newcomer.wait(lambda message: message.media is not None)
    await newcomer.say("/image one too many")
    refusal = await newcomer.wait("All 3 pictures")

    assert "Nothing was charged" in refusal.text
    assert any(button.startswith("Upgrade to Flash") for button in refusal.buttons)


async def test_a_command_alone_starts_the_hour(newcomer: Person) -> None:
    await buy(newcomer)

    await newcomer.say("/image a boat")
    await newcomer.wait(lambda message: message.media is not None)

    await newcomer.say("/session")
    assert "Flash Lite" in (await newcomer.wait("▰")).text


async def test_again_draws_another_picture_and_original_sends_the_file(newcomer: Person) -> None:
    await buy(newcomer)
    await newcomer.say("/image a boat --seed 3")
    first = await newcomer.wait(lambda message: message.media is not None)

    await newcomer.press(first, "Again")
    second = await newcomer.wait(lambda m: m.media is not None and m.id != first.id)
    await newcomer.press(first, "Original file")
    file = await newcomer.wait(lambda m: m.media is not None and m.media.kind == "document")
    await newcomer.press(first, "Details")
    details = await newcomer.wait("sampler")

    assert "2 of 3" not in second.text
    assert file.media is not None
    picture = Image.open(io.BytesIO(file.media.content))
    assert picture.format == "PNG"
    assert "seed: 3" in details.text


async def test_no_hour_no_picture(newcomer: Person) -> None:
    await newcomer.say("/image a boat")
    refusal = await newcomer.wait("need an hour")

    assert "Nothing was charged" in refusal.text
    assert "Buy an hour" in refusal.buttons


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/image", "Say what to draw"),
        ("/image " + "x" * 3000, "1000"),
        ("/image a fox --style cubist", "style"),
        ("/image a fox --speed 9", "do not know"),
        ("/buy platinum", "plan"),
        ("/nonsense", "do not know"),
    ],
)
async def test_bad_input_gets_one_clear_sentence(
    newcomer: Person, command: str, answer: str
) -> None:
    await newcomer.say(command)

    assert answer in (await newcomer.wait()).text


@pytest.mark.parametrize(
    "prompt",
    ["<b>bold</b> & <script>alert(1)</script>", "एक लाल गुब्बारा 🎈", "👩‍👩‍👧‍👦 " * 60, "a\nb\nc"],
)
async def test_any_prompt_comes_back_as_it_was_written(newcomer: Person, prompt: str) -> None:
    await buy(newcomer)

    await newcomer.say(f"/image {prompt}")
    result = await newcomer.wait(lambda message: message.media is not None)

    assert prompt.strip()[:100] in result.text
    assert await newcomer.sandbox.faults() == []


async def test_a_picture_is_drawn_again_in_the_words_of_an_answer(newcomer: Person) -> None:
    await buy(newcomer)
    await newcomer.say("/image a boat --seed 7")
    first = await newcomer.wait(lambda message: message.media is not None)

    await newcomer.press(first, "Edit prompt")
    asked = await newcomer.wait("new words")
    assert asked.asks == (newcomer.key,)
    assert "a boat" in asked.text
    await newcomer.say("a boat at night", reply_to=asked)
    second = await newcomer.wait(lambda message: message.media is not None)

    assert "a boat at night" in second.text
    assert "seed 7" in second.text
    assert "1 of 3 left" in second.text


async def test_a_template_s_blank_is_filled_in_by_an_answer(newcomer: Person) -> None:
    await buy(newcomer)
    await newcomer.say("/templates")
    await newcomer.press(await newcomer.wait("belongs in the blank"), "postcard")
    await newcomer.say("the sea", reply_to=await newcomer.wait("Answer this message"))
    result = await newcomer.wait(lambda message: message.media is not None)

    assert "a beautiful sunset over the sea" in result.text
    assert await newcomer.sandbox.faults() == []


async def test_several_pictures_come_as_an_album_and_are_charged_singly(newcomer: Person) -> None:
    await buy(newcomer)
    await newcomer.say("/image a boat --count 2 --seed 7")
    card = await newcomer.wait("2 pictures taken")
    await newcomer.wait(lambda message: message.album is not None)
    assert card.buttons[:2] == ["1", "2"]

    await newcomer.press(card, "2")
    second = await newcomer.wait("seed 8")
    assert second.photo is not None
    await newcomer.say("/session")
    await newcomer.wait("2 / 3 pictures")
    await newcomer.say("/image a boat --count 2")
    await newcomer.wait("there are credits for 1")


async def test_the_payment_link_can_be_scanned_from_a_desktop(newcomer: Person) -> None:
    await newcomer.say("/buy flash-lite")
    order = await newcomer.wait("Pay by UPI")

    await newcomer.press(order, "Show QR")
    shown = await newcomer.wait(lambda message: message.photo is not None)

    assert shown.photo is not None
    assert Image.open(io.BytesIO(shown.photo)).width >= 200
    assert "Scan this" in shown.text


async def test_a_newcomer_tries_an_hour_for_nothing_once(newcomer: Person) -> None:
    await newcomer.say("/trial")
    given = await newcomer.wait("A gift")
    await newcomer.press(given, "Start my hour")
    await newcomer.wait("is running")

    await newcomer.say("/trial")
    await newcomer.wait("once per person")


async def test_help_with_a_payment_names_the_order(newcomer: Person) -> None:
    await newcomer.say("/buy flash-lite")
    await newcomer.wait("Pay by UPI")

    await newcomer.say("/paysupport")
    await newcomer.wait("name your order: ord_")
