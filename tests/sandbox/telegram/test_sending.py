import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto, InputMediaVideo, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from sandbox.app import Sandbox
from sandbox.client import Person, SandboxClient
from tests.sandbox.conftest import picture


async def test_a_text_reaches_the_person_formatted(bot: Bot, asha: Person, asha_id: int) -> None:
    sent = await bot.send_message(
        asha_id, "<b>Welcome</b> 😀 <i>you</i>", parse_mode=ParseMode.HTML
    )
    assert sent.text == "Welcome 😀 you"
    assert sent.text_html == "<b>Welcome</b> 😀 <i>you</i>"
    assert (await asha.wait()).text == "Welcome 😀 you"


async def test_a_text_may_have_4096_characters_after_parsing(bot: Bot, asha_id: int) -> None:
    await bot.send_message(asha_id, f"<b>{'x' * 4096}</b>", parse_mode=ParseMode.HTML)
    with pytest.raises(BadRequest, match=r"(?i)message is too long"):
        await bot.send_message(asha_id, "x" * 4097)


async def test_a_caption_may_have_1024_characters(bot: Bot, asha_id: int) -> None:
    await bot.send_photo(asha_id, picture(), caption="x" * 1024)
    with pytest.raises(BadRequest, match=r"(?i)message caption is too long"):
        await bot.send_photo(asha_id, picture(), caption="x" * 1025)


async def test_an_empty_text_is_refused(bot: Bot, asha_id: int) -> None:
    with pytest.raises(BadRequest, match=r"(?i)message text is empty"):
        await bot.send_message(asha_id, " <b> </b> ", parse_mode=ParseMode.HTML)


async def test_a_stranger_cannot_be_written_to(bot: Bot, sandbox: Sandbox) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1, "Hello")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(sandbox.world.people["ravi"].id, "Hello")


async def test_a_person_who_blocked_the_bot_hears_nothing(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    await asha.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(asha_id, "Hello")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_chat_action(asha_id, "typing")
    await asha.say("I am back")
    await bot.send_message(asha_id, "Welcome back")


async def test_a_photo_is_recompressed_in_several_sizes(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    sent = await bot.send_photo(asha_id, picture(640, 480), caption="Done", has_spoiler=True)
    assert [(size.width, size.height) for size in sent.photo] == [(90, 68), (320, 240), (640, 480)]
    message = await asha.wait("Done")
    assert message.photo
    assert message.photo.startswith(b"\xff\xd8")
    assert message.media
    assert message.media.spoiler


async def test_a_photo_is_sent_again_by_its_id(bot: Bot, asha_id: int) -> None:
    first = await bot.send_photo(asha_id, picture())
    again = await bot.send_photo(asha_id, first.photo[-1].file_id, caption="Again")
    assert again.photo == first.photo
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type photo as Document"):
        await bot.send_document(asha_id, first.photo[-1].file_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"this is no picture", "IMAGE_PROCESS_FAILED"),
        (picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (b"", "file must be non-empty"),
    ],
)
async def test_a_bad_photo_is_refused(bot: Bot, asha_id: int, content: bytes, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){reason}"):
        await bot.send_photo(asha_id, content)


async def test_a_photo_has_at_most_ten_megabytes(bot: Bot, asha_id: int) -> None:
    with pytest.raises(BadRequest, match="is too big for a photo"):
        await bot.send_photo(asha_id, picture() + bytes(10 * 1024 * 1024))


async def test_an_unknown_file_id_is_refused(bot: Bot, asha_id: int) -> None:
    with pytest.raises(BadRequest, match=r"(?i)wrong file identifier"):
        await bot.send_photo(asha_id, "nonsense")


async def test_a_document_arrives_byte_for_byte(bot: Bot, asha: Person, asha_id: int) -> None:
    original = picture(100, 100)
    sent = await bot.send_document(
        asha_id, original, filename="fox.png", thumbnail=picture(64, 64), caption="Original"
    )
    assert sent.document
    assert (sent.document.file_name, sent.document.mime_type) == ("fox.png", "image/png")
    assert sent.document.thumbnail
    media = (await asha.wait("Original")).media
    assert media
    assert media.content == original


async def test_a_clip_that_is_sent_as_a_document_plays_by_itself_unless_told_otherwise(
    bot: Bot, asha_id: int
) -> None:
    clip = b"\x00\x00\x00\x18ftypmp42"
    looked_at = await bot.send_document(asha_id, clip, filename="clip.mp4")
    left_alone = await bot.send_document(
        asha_id, clip, filename="clip.mp4", disable_content_type_detection=True
    )

    assert looked_at.animation
    assert not left_alone.animation
    assert left_alone.document


async def test_a_video_keeps_what_the_bot_says_about_it(
    bot: Bot, asha: Person, asha_id: int
) -> None:
    sent = await bot.send_video(
        asha_id, b"\x00\x00\x00\x18ftypmp42", width=480, height=320, duration=5,
        filename="clip.mp4", supports_streaming=True,
    )  # fmt: skip
    assert sent.video
    assert (sent.video.width, sent.video.height) == (480, 320)
    media = (await asha.wait(lambda m: m.media is not None)).media
    assert media
    assert (media.kind, media.duration, media.mime) == ("video", 5, "video/mp4")


async def test_an_animation_is_also_a_document(bot: Bot, asha_id: int) -> None:
    sent = await bot.send_animation(asha_id, b"GIF89a", width=8, height=8, filename="a.gif")
    assert sent.animation
    assert sent.document
    assert sent.document.file_id == sent.animation.file_id


async def test_an_album_shares_one_group(bot: Bot, asha: Person, asha_id: int) -> None:
    sent = await bot.send_media_group(
        asha_id,
        [InputMediaPhoto(picture(), caption="<b>Four</b>", parse_mode="HTML"),
         InputMediaVideo(b"clip", width=4, height=4)],
    )  # fmt: skip
    assert len({message.media_group_id for message in sent}) == 1
    assert (await asha.wait("Four")).album == sent[0].media_group_id


async def test_an_album_takes_two_to_ten_of_a_kind(bot: Bot, asha_id: int) -> None:
    photo = InputMediaPhoto(picture())
    with pytest.raises(BadRequest, match="from 2 to 10"):
        await bot.send_media_group(asha_id, [photo])
    with pytest.raises(BadRequest, match="can't be mixed"):
        await bot.send_media_group(asha_id, [photo, InputMediaDocument(b"text")])


async def test_a_reply_shows_what_it_replies_to(bot: Bot, asha: Person, asha_id: int) -> None:
    asked = await asha.say("Draw a fox")
    sent = await bot.send_message(asha_id, "Drawing", reply_parameters=ReplyParameters(asked))
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "Draw a fox"
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await bot.send_message(asha_id, "?", reply_parameters=ReplyParameters(999))
    lenient = ReplyParameters(999, allow_sending_without_reply=True)
    assert (await bot.send_message(asha_id, "!", reply_parameters=lenient)).reply_to_message is None


async def test_a_chat_action_is_shown(bot: Bot, asha_id: int, client: SandboxClient) -> None:
    await bot.send_chat_action(asha_id, "upload_photo")
    events = (await client.ask("events"))["events"]
    assert isinstance(events, list)
    assert {"kind": "action", "action": "upload_photo", "chat": "asha", "seq": 2} in events
    with pytest.raises(BadRequest, match=r"(?i)wrong parameter action"):
        await bot.send_chat_action(asha_id, "dancing")
