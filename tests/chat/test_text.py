from hypothesis import given
from hypothesis import strategies as st

from chat.text import Text, bold, code, italic, lines, link, quote, text


def utf16(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def test_strings_spans_and_texts_join_into_one_text() -> None:
    joined = text("a ", bold("b"), "", text(" c ", italic("d")))

    assert joined == Text((*text("a ").spans, bold("b"), *text(" c ").spans, italic("d")))
    assert joined.plain == "a b c d"


def test_lines_stand_under_each_other() -> None:
    assert lines(["a", code("b"), text(quote("c"))]).plain == "a\nb\nc"
    assert lines([]) == Text()


def test_a_text_that_fits_is_not_cut() -> None:
    assert text("fox", bold("es")).cut(5) == text("fox", bold("es"))


def test_a_cut_keeps_styles_and_says_that_something_is_missing() -> None:
    words = text("a ", bold("quick"), link("fox", "https://example.org"))

    assert words.cut(6) == text("a ", bold("qui"), "…")
    assert words.cut(9) == text("a ", bold("quick"), link("f", "https://example.org"), "…")
    assert words.cut(8) == text("a ", bold("quick"), "…")


def test_a_cut_counts_as_the_platform_counts() -> None:
    assert text("🦊🦊🦊").cut(5, utf16).plain == "🦊🦊…"
    assert text("🦊🦊🦊").cut(4, utf16).plain == "🦊…"


@given(st.lists(st.text(max_size=9), max_size=5), st.integers(1, 20))
def test_a_cut_text_is_the_longest_beginning_that_fits(parts: list[str], limit: int) -> None:
    whole = text(*parts)

    for measure in (len, utf16):
        short = whole.cut(limit, measure).plain
        assert measure(short) <= limit
        if short != whole.plain:
            kept = short.removesuffix("…")
            assert whole.plain.startswith(kept)
            assert measure(whole.plain[: len(kept) + 1] + "…") > limit
