"""The adapter and the real library against the pretended Discord, with all its rules."""

from dataclasses import replace

import pytest

from chat.errors import TooLargeError, UnreachableError
from chat.model import Media, Reply
from chat.text import text
from sandbox.app import Sandbox
from tests.bot.discord_stage import AGAIN, ASK, FORM, Stage, echo, staged

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00"
    b"\x00IEND\xaeB`\x82"
)
PICTURE = Media("photo", "job_1.png", PNG, 1, 1, alt="a fox in the snow")
MINUTE = 60.0


async def test_commands_are_offered_in_the_persons_language(stage: Stage) -> None:
    shown = {command.name: command for command in await stage.person("ravi").commands()}
    assert shown["image"].label == "चित्र"
    assert shown["image"].description == "तस्वीर बनाएँ"
    assert "admin" not in shown


@pytest.mark.parametrize("channel", ["general", "dm", "friends", "lounge"])
async def test_a_command_is_answered_wherever_it_is_given(stage: Stage, channel: str) -> None:
    asha = stage.person("asha", channel)
    await asha.slash("/image", prompt="a *fox* @everyone")
    message = await asha.wait("image")
    assert r"a \*fox\* \@everyone" in message.content
    assert message.mentions == ()
    assert not message.ephemeral

    await asha.press(message, "Again")
    await asha.wait("pressed again:7")


@pytest.mark.parametrize("channel", ["general", "dm", "lounge"])
async def test_a_button_opens_a_form_and_its_answer_comes_below(stage: Stage, channel: str) -> None:
    stage.says(Reply(text("a fox"), ((ASK,),)), Reply(text("how"), form=FORM))
    asha = stage.person("asha", channel)
    await asha.slash("/image", prompt="a fox")
    card = await asha.wait("a fox")
    await asha.press(card, "Edit prompt")
    form = await asha.wait_modal()
    assert (form.title, form.fields) == ("Edit prompt", {"words": "a fox"})

    stage.handle = echo
    await asha.submit(form, draw="a fox in a hat")
    answer = await asha.wait("ask:7 a fox in a hat")
    assert answer.id != card.id
    assert not answer.ephemeral


async def test_what_refuses_a_form_says_why_instead(stage: Stage) -> None:
    stage.says(Reply(text("a fox"), ((ASK,),)), Reply(text("not yours"), toast=True))
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    await asha.press(await asha.wait("a fox"), "Edit prompt")
    assert (await asha.wait("not yours")).ephemeral


async def test_a_form_that_was_opened_before_a_restart_is_understood_after_it(
    sandbox: Sandbox,
) -> None:
    async with staged(sandbox) as before:
        before.says(Reply(text("a fox"), ((ASK,),)), Reply(text("how"), form=FORM))
        asha = before.person("asha")
        await asha.slash("/image", prompt="a fox")
        await asha.press(await asha.wait("a fox"), "Edit prompt")
        form = await asha.wait_modal()
    async with staged(sandbox) as after:
        asha = after.person("asha")
        await asha.submit(form, words="a hat")
        await asha.wait("ask:7 a hat")


async def test_a_message_s_menu_tells_of_the_buttons_below_it(stage: Stage) -> None:
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    card = await asha.wait("a fox")
    await asha.use_menu(card, "Variations")
    await asha.wait("vary again:7")

    ravi = stage.person("ravi")
    await ravi.say("look")
    [*_, words] = await ravi.messages()
    stage.says(Reply(text("only mine"), toast=True))
    await ravi.use_menu(words, "Variations")
    assert (await ravi.wait("only mine")).ephemeral
    assert not any(message.loading for message in await asha.messages())


async def test_a_menu_opens_a_form_in_the_persons_language(stage: Stage) -> None:
    ravi = stage.person("ravi")
    await ravi.slash("/image", prompt="a fox")
    card = await ravi.wait("a fox")
    stage.says(Reply(text("how"), form=FORM), Reply(text("drawn")), Reply(text("no"), toast=True))
    await ravi.use_menu(card, "तस्वीर बदलें")
    await ravi.submit(await ravi.wait_modal(), words="a hat")
    drawn = await ravi.wait("drawn")
    assert not drawn.ephemeral

    await ravi.use_menu(card, "तस्वीर बदलें")
    assert (await ravi.wait("no")).ephemeral


async def test_a_menu_is_refused_where_pictures_are_not_allowed(stage: Stage) -> None:
    asha = stage.person("asha", "words-only")
    await asha.say("look")
    [*_, words] = await asha.messages()
    for item in ("Variations", "Edit image"):
        await asha.use_menu(words, item)
        assert (await asha.wait("CannotAnswerHereError")).ephemeral
    assert stage.heard.empty()


async def test_a_private_answer_is_seen_by_one_person(stage: Stage) -> None:
    asha = stage.person("asha")
    await asha.slash("/session")
    assert (await asha.wait("session")).ephemeral
    assert await stage.person("meera").messages() == []


async def test_styles_are_suggested(stage: Stage) -> None:
    offered = await stage.person("asha").complete("/image", "style", "style 2")
    assert list(offered)[:2] == ["style 2", "style 20"]


async def test_what_a_handler_suggests_is_offered_cut_to_what_discord_shows(stage: Stage) -> None:
    offered = await stage.person("asha").complete("/pictures", "picture", "fox")
    assert len(offered) == 25
    assert set(offered.values()) == {"pictures picture of Asha"}
    assert all(label.startswith("fox") and len(label) == 100 for label in offered)


async def test_words_in_private_are_answered(stage: Stage) -> None:
    asha = stage.person("asha", "dm")
    await asha.say("a fox")
    assert (await asha.wait("a fox")).reply_to is not None


async def test_a_card_grows_from_thinking_to_its_picture(stage: Stage) -> None:
    stage.says(None)
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    address = await stage.address()

    sent = await stage.adapter.send(address, Reply(text("queued"), ((AGAIN,),)))
    queued = await asha.wait("queued")
    assert not queued.edited

    await stage.adapter.edit(replace(address, message=sent), Reply(text("done"), media=PICTURE))
    done = await asha.wait("done")
    assert done.id == queued.id == sent
    assert done.photo == PNG
    assert done.files[0].description == "a fox in the snow"
    assert len(await asha.messages()) == 1


async def test_several_pictures_stand_in_one_message_in_the_place_of_what_was_seen_of_them(
    stage: Stage,
) -> None:
    stage.says(None)
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    address = await stage.address()
    sent = await stage.adapter.send(address, Reply(text("queued")))
    seen = replace(PICTURE, name="job_1.preview.jpg", alt="both so far")
    await stage.adapter.edit(replace(address, message=sent), Reply(text("half"), media=seen))
    assert [file.description for file in (await asha.wait("half")).files] == ["both so far"]
    more = (replace(PICTURE, name="job_1.2.png", alt="an owl", spoiler=True),)
    done = Reply(text("done"), ((AGAIN,),), media=PICTURE, album=more)
    await stage.adapter.edit(replace(address, message=sent), done)

    shown = await asha.wait("done")
    assert shown.id == sent
    assert [file.description for file in shown.files] == ["a fox in the snow", "an owl"]
    assert [file.spoiler for file in shown.files] == [False, True]
    assert shown.buttons == ["Again"]


async def test_a_picture_that_takes_longer_than_discord_waits_is_shown_in_its_place(
    stage: Stage,
) -> None:
    stage.says(None)
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    address = await stage.address()
    sent = await stage.adapter.send(address, Reply(text("queued")))
    await stage.client.advance(20 * MINUTE)

    await stage.adapter.edit(replace(address, message=sent), Reply(text("done"), media=PICTURE))
    assert (await asha.wait("done")).id == sent


async def test_a_late_answer_comes_to_the_channel_or_in_private(stage: Stage) -> None:
    stage.says(None, None)
    for channel, home in (("general", "general"), ("lounge", "dm")):
        asha = stage.person("asha", channel)
        await asha.slash("/image", prompt="a fox")
        address = await stage.address()
        await stage.client.advance(20 * MINUTE)
        sent = await stage.adapter.send(address, Reply(text(f"late for {channel}")))
        await stage.adapter.edit(replace(address, message=sent), Reply(text("done")))
        assert (await stage.person("asha", home).wait("done")).edited


async def test_a_late_private_answer_comes_in_private_or_not_at_all(stage: Stage) -> None:
    stage.says(None)
    await stage.person("asha").slash("/session")
    address = await stage.address()
    sent = await stage.adapter.send(address, Reply(text("your link")))
    await stage.person("asha").wait("your link")
    await stage.client.advance(20 * MINUTE)

    await stage.adapter.send(address, Reply(text("paid")))
    await stage.person("asha", "dm").wait("paid")
    await stage.client.order("discord/settings", closed_dms=["asha"])
    with pytest.raises(UnreachableError):
        await stage.adapter.send(address, Reply(text("paid, again")))
    assert [message.id for message in await stage.person("asha").messages()] == [sent]


async def test_a_person_who_asked_nothing_is_spoken_to_in_private(stage: Stage) -> None:
    home = stage.adapter.home("1190000000000000001")
    sent = await stage.adapter.send(home, Reply(text("a gift")))
    await stage.person("asha", "dm").wait("a gift")
    await stage.adapter.edit(replace(home, message=sent), Reply(text("started")))
    assert (await stage.person("asha", "dm").wait("started")).edited


@pytest.mark.parametrize("channel", ["general", "dm"])
async def test_what_is_owed_comes_below_the_answer_for_one_persons_eyes(
    stage: Stage, channel: str
) -> None:
    stage.says(Reply(text("the answer")))
    asha = stage.person("asha", channel)
    await asha.slash("/session")
    answer = await asha.wait("the answer")
    address = stage.adapter.aside(await stage.address(), "1190000000000000001")
    await stage.adapter.send(address, Reply(text("owed"), media=PICTURE))

    owed = await asha.wait("owed")
    assert owed.id != answer.id
    assert owed.ephemeral
    assert [message.text for message in await asha.messages()] == ["the answer", "owed"]
    assert await stage.person("meera").messages() == []


async def test_a_repeated_delivery_is_shown_once(stage: Stage) -> None:
    stage.says(None)
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    address = replace(await stage.address(), token=None)
    ids = {await stage.adapter.send(address, Reply(text("done"))) for _ in range(2)}
    assert len(ids) == 1


async def test_a_pressed_list_becomes_its_order_for_one_persons_eyes(stage: Stage) -> None:
    stage.says(Reply(text("plans"), ((AGAIN,),)), None)
    asha = stage.person("asha")
    await asha.slash("/session")
    plans = await asha.wait("plans")
    await stage.address()
    await asha.press(plans, "Again")
    address = await stage.address()
    assert address.private

    await stage.adapter.edit(address, Reply(text("order")))
    order = await asha.wait("order")
    assert order.id == plans.id
    assert order.ephemeral


async def test_a_notice_is_for_the_person_who_pressed(stage: Stage) -> None:
    stage.says(Reply(text("card"), ((AGAIN,),)), Reply(text("checking"), toast=True))
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")
    meera = stage.person("meera")
    await meera.press(await asha.wait("card"), "Again")
    assert (await meera.wait("checking")).ephemeral


async def test_where_pictures_are_not_allowed_nothing_is_begun(stage: Stage) -> None:
    asha = stage.person("asha", "words-only")
    await asha.slash("/image", prompt="a fox")
    assert (await asha.wait("CannotAnswerHereError")).ephemeral
    assert stage.heard.empty()


async def test_a_file_that_is_too_large_is_refused(stage: Stage) -> None:
    await stage.client.order("discord/settings", attachment_size_limit=10)
    stage.says(None)
    await stage.person("asha").slash("/image", prompt="a fox")
    with pytest.raises(TooLargeError):
        await stage.adapter.send(await stage.address(), Reply(text("done"), media=PICTURE))


async def test_a_covered_picture_is_covered_until_it_is_tapped(stage: Stage) -> None:
    covered = replace(PICTURE, spoiler=True)
    stage.says(Reply(text("done"), media=covered))
    asha = stage.person("asha")
    await asha.slash("/image", prompt="a fox")

    [file] = (await asha.wait("done")).files
    assert file.spoiler


async def test_a_dropped_connection_costs_nothing(stage: Stage) -> None:
    asha = stage.person("asha")
    await stage.client.order("discord/drop")
    await asha.slash("/image", prompt="a fox")
    await asha.wait("a fox")


async def test_buttons_outlive_the_bot(sandbox: Sandbox) -> None:
    async with staged(sandbox) as before:
        asha = before.person("asha")
        await asha.slash("/image", prompt="a fox")
        message = await asha.wait("a fox")
    async with staged(sandbox) as after:
        asha = after.person("asha")
        await asha.press(message, "Again")
        await asha.wait("pressed again:7")
