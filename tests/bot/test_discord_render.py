import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_render import escape, fitting, payload, to_markdown
from chat.model import Button, Media, Reply
from chat.text import Span, Text, bold, code, italic, lines, link, quote, text

PNG = Media("photo", "job_1.png", b"png", 512, 512, alt="a fox " * 300)


def buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button(str(number), press=f"v1:x:{number}") for number in range(count))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("**bold** _it_ ~~no~~ ||boo||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|boo\|\|"),
        ("@everyone <@5> <#6>", r"\@everyone \<\@5> \<#6>"),
        ("[free](https://evil.example)", r"\[free\](https\://evil.example)"),
        ("# big\n- one\n1. two\n> said", "\\# big\n\\- one\n1\\. two\n\\> said"),
        (":fire: at 12:30", r"\:fire: at 12:30"),
        (r"a\*b", r"a\\\*b"),
        ("an ordinary well-lit fox, 3 of 4.", "an ordinary well-lit fox, 3 of 4."),
    ],
)
def test_what_people_write_is_shown_as_they_wrote_it(words: str, shown: str) -> None:
    assert escape(words) == shown


@given(st.text(alphabet=st.sampled_from("ab1 \n\\*_~`|[]()<>@#:+-./")))
def test_escaping_takes_nothing_away_and_leaves_nothing_bare(words: str) -> None:
    escaped = escape(words)
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escaped) == words
    assert not re.search(r"[*_~`|\[\]<@]", re.sub(r"\\.", "", escaped, flags=re.DOTALL))


def test_styles_become_markdown() -> None:
    said = text(
        bold("Paid ✓"), " ", italic("at once"), " ", code("a`b*"), link("go", "https://x/>")
    )
    assert to_markdown(said) == "**Paid ✓** *at once* `aˋb*`[go](<https://x/%3E>)"


def test_a_quote_stands_on_lines_of_its_own() -> None:
    said = text("without: ", quote("two\nlines"), "after", lines(["", quote("fox"), "below"]))
    assert to_markdown(said) == "without: \n> two\n> lines\nafter\n> fox\nbelow"


@given(
    st.lists(
        st.builds(
            Span,
            st.text(alphabet=st.sampled_from("a*\n-😀"), max_size=1500),
            st.sampled_from(["plain", "bold", "code", "quote"]),
        ),
        max_size=4,
    )
)
def test_no_message_is_longer_than_discord_allows(spans: list[Span]) -> None:
    shown = to_markdown(fitting(Text(tuple(spans))))
    assert len(shown.encode("utf-16-le")) // 2 <= 2000


def test_nobody_but_the_asker_can_be_notified() -> None:
    assert payload(Reply(text("hi")), "5")["allowed_mentions"] == {"parse": [], "users": ["5"]}
    assert payload(Reply(text("hi")), None)["allowed_mentions"] == {"parse": [], "users": []}


def test_buttons_keep_their_rows_and_links_need_no_press() -> None:
    rows = ((Button("Pay", url="https://rzp.io/x"),), buttons(2))
    [pay, others] = payload(Reply(text("hi"), rows), None)["components"]
    assert pay["components"] == [{"type": 2, "label": "Pay", "style": 5, "url": "https://rzp.io/x"}]
    assert [button["custom_id"] for button in others["components"]] == ["v1:x:0", "v1:x:1"]


@pytest.mark.parametrize(
    ("rows", "widths"),
    [((buttons(7),), [5, 2]), (tuple((one,) for one in buttons(8)), [5, 3]), ((), [])],
)
def test_rows_fit_discords_five_by_five(
    rows: tuple[tuple[Button, ...], ...], widths: list[int]
) -> None:
    shown = payload(Reply(text("hi"), rows), None)["components"]
    assert [len(row["components"]) for row in shown] == widths


def test_a_picture_says_what_it_shows() -> None:
    [attachment] = payload(Reply(text("hi"), media=PNG), None)["attachments"]
    assert attachment == {"id": 0, "filename": "job_1.png", "description": PNG.alt[:1024]}


def test_words_alone_leave_the_messages_picture_where_it_is() -> None:
    assert "attachments" not in payload(Reply(text("hi")), None)


def test_spaces_stand_outside_of_marks() -> None:
    assert to_markdown(text(bold("Paid ✓ "), "Flash")) == "**Paid ✓** Flash"
    assert to_markdown(text("a", bold(" "), "b")) == "a b"
