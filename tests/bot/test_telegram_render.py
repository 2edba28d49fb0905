from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_render import render, render_toast, to_html, upload_kind, utf16_length
from chat.model import Button, Media, Reply
from chat.text import Span, bold, code, italic, link, quote, text


def picture(width: int = 512, height: int = 512, size: int = 9) -> Media:
    return Media("photo", "fox.png", b"x" * size, width, height, "a fox")


class Reader(HTMLParser):
    """Reads HTML as Telegram does: which characters, and no tag left open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "a" or attrs, "a link leads somewhere"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_style_has_its_tag_and_words_are_escaped() -> None:
    words = text(
        "a<b> & ",
        bold("b"),
        italic("i"),
        code("c>"),
        quote("q"),
        link('"x"', 'https://example.org/?a=1&b="2"'),
    )

    assert to_html(words) == (
        "a&lt;b&gt; &amp; <b>b</b><i>i</i><code>c&gt;</code><blockquote>q</blockquote>"
        '<a href="https://example.org/?a=1&amp;b=&quot;2&quot;">&quot;x&quot;</a>'
    )


spans = st.builds(
    Span,
    st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=40),
    st.sampled_from(["plain", "bold", "italic", "code", "quote"]),
    st.none() | st.just("https://example.org/?a=1&b=2"),
)


@given(st.lists(spans, max_size=6))
def test_no_words_can_inject_markup(parts: list[Span]) -> None:
    words = text(*parts)

    read = Reader(to_html(words))

    assert read.words == words.plain
    assert read.open == []


@pytest.mark.parametrize(("media", "limit"), [(None, 4096), (picture(), 1024)])
def test_texts_and_captions_are_cut_after_parsing_by_telegrams_count(
    media: Media | None, limit: int
) -> None:
    reply = Reply(text(bold("<&>" * 301), "🦊" * 4000), media=media)

    shown = Reader(render(reply).html).words

    assert utf16_length(shown) == limit
    assert shown.endswith("🦊…")
    assert utf16_length(Reader(render(reply, as_caption=True).html).words) == 1024


def test_rows_of_more_than_eight_buttons_are_broken() -> None:
    row = tuple(Button(str(n), press=f"v1:pick:{n}") for n in range(10))
    reply = Reply(text("?"), buttons=(row, (Button("Pay", url="https://example.org"),)))

    keyboard = render(reply).keyboard

    assert keyboard is not None
    assert [len(row) for row in keyboard.inline_keyboard] == [8, 2, 1]
    assert keyboard.inline_keyboard[0][3].callback_data == "v1:pick:3"
    assert keyboard.inline_keyboard[2][0].url == "https://example.org"


def test_a_message_without_buttons_has_no_keyboard() -> None:
    assert render(Reply(text("hello"))).keyboard is None


def test_a_short_notice_passes_by_and_a_long_one_waits() -> None:
    assert render_toast(text("Sa", bold("ved"))) == ("Saved", False)
    notice, is_alert = render_toast(text("🦊" * 300))
    assert is_alert
    assert utf16_length(notice) <= 200


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (picture(), "photo"),
        (picture(9000, 1000), "photo"),
        (picture(9000, 1001), "document"),
        (picture(2100, 100), "document"),
        (picture(size=10_000_001), "document"),
        (Media("video", "fox.mp4", b"x", 9000, 9000, "a fox"), "video"),
    ],
)
def test_pictures_too_large_for_a_photo_go_as_files(media: Media, kind: str) -> None:
    assert upload_kind(media) == kind
