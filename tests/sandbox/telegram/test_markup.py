import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.records import Entity
from sandbox.telegram.entities import format_text
from sandbox.telegram.errors import ApiError
from sandbox.telegram.markup import parse_html, utf16_length

TAGS = ["b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote"]


def covered(text: str, entity: Entity) -> str:
    units = text.encode("utf-16-le")
    return units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


def test_tags_become_entities_and_references_become_characters() -> None:
    text, entities = parse_html(
        "<b>1 &lt; 2</b> &amp; <a href='https://a.in/?x=1&amp;y=2'>more</a>"
    )
    assert text == "1 < 2 & more"
    assert entities == (
        Entity("bold", 0, 5),
        Entity("text_link", 8, 4, url="https://a.in/?x=1&y=2"),
    )


def test_offsets_count_utf16_units() -> None:
    text, entities = parse_html("😀 <b>नमस्ते</b>")
    assert entities == (Entity("bold", 3, 6),)
    assert covered(text, entities[0]) == "नमस्ते"


def test_a_code_block_keeps_its_language() -> None:
    _, entities = parse_html('<pre><code class="language-python">x = 1</code></pre>')
    assert entities == (Entity("pre", 0, 5, language="python"),)


def test_nested_tags_each_become_an_entity() -> None:
    _, entities = parse_html("<b>bold <i>both</i></b>")
    assert entities == (Entity("bold", 0, 9), Entity("italic", 5, 4))


def test_an_expandable_quote_needs_no_value() -> None:
    _, entities = parse_html("<blockquote expandable>long</blockquote>")
    assert entities == (Entity("expandable_blockquote", 0, 4),)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("₹<font>", 'Unsupported start tag "font" at byte offset 3'),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute of the tag"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
        ("5 < 6 and 7 > 6", 'Unsupported start tag ""'),
    ],
)
def test_broken_markup_is_refused_with_the_real_sentence(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.status == 400
    assert f"Bad Request: can't parse entities: {reason}" in refused.value.description


@given(st.text(alphabet=st.sampled_from("<>/&;\"'= ab#x1i\n😀न"), max_size=60))
def test_no_text_makes_the_parser_fail_otherwise(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except ApiError as refused:
        text, entities = refused.description.removeprefix("Bad Request: can't parse entities"), ()
        assert text.startswith(": ")
    assert all(e.offset + e.length <= utf16_length(text) for e in entities)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TAGS), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
        ),
        max_size=6,
    )
)
def test_every_entity_covers_what_its_tag_covered(pieces: list[tuple[str, str]]) -> None:
    source = "".join(f"<{tag}>{html.escape(inner)}</{tag}>" for tag, inner in pieces)
    text, entities = parse_html(source)
    assert text == "".join(inner for _, inner in pieces)
    assert [covered(text, entity) for entity in entities] == [inner for _, inner in pieces]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_comes_through_unchanged(text: str) -> None:
    assert parse_html(html.escape(text)) == (text, ())


@given(st.text(st.sampled_from(" \n<b>x</b>😀/@#.a"), max_size=40))
def test_entities_stay_inside_the_trimmed_text(source: str) -> None:
    text, entities = format_text(source, "", [], 4096)
    assert text == source.strip()
    for entity in entities:
        assert covered(text, entity).strip() == covered(text, entity)


def test_telegram_finds_links_commands_and_mentions_itself() -> None:
    text, entities = format_text("/help or https://a.in/x, @asha_nair #art a@b.in", "", [], 4096)
    assert [(e.kind, covered(text, e)) for e in entities] == [
        ("bot_command", "/help"),
        ("url", "https://a.in/x"),
        ("mention", "@asha_nair"),
        ("hashtag", "#art"),
        ("email", "a@b.in"),
    ]


def test_nothing_is_found_inside_code() -> None:
    _, entities = format_text("<code>/help</code>", "HTML", [], 4096)
    assert [entity.kind for entity in entities] == ["code"]
