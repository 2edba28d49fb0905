from handlers.texts import texts
from handlers.texts.numbers import PROMPT_SHOWN_MAX

WORDS = texts("en")


def test_counts_agree_with_their_nouns() -> None:
    assert WORDS.order_line("Pro", 1, 20_000) == "Pro · 1 hour · ₹200"
    assert WORDS.order_line("Pro", 12, 2_40_000) == "Pro · 12 hours · ₹2,400"
    assert "1 job ahead" in WORDS.job_queued("a", 1, None, "image", 1, 0).plain
    assert "2 jobs ahead" in WORDS.job_queued("a", 2, None, "image", 1, 0).plain


def test_an_unknown_estimate_is_not_shown() -> None:
    assert "about" not in WORDS.job_queued("a", 1, None, "image", 1, 0).plain
    assert "about 9 s" in WORDS.job_queued("a", 1, 9, "image", 1, 0).plain
    assert "about 3 min" in WORDS.job_queued("a", 1, 121, "image", 1, 0).plain


def test_what_people_wrote_is_a_span_of_its_own_and_never_markup() -> None:
    words = WORDS.job_failed("<b>fox</b>", "It failed.", "image", 3)

    assert words.spans[0].text == "<b>fox</b>"
    assert words.spans[0].style == "quote"


def test_long_prompts_are_cut() -> None:
    assert len(WORDS.job_cancelled("x" * 5000, "image", 1).spans[0].text) == PROMPT_SHOWN_MAX
    facts = WORDS.job_facts("x" * 5000, "y" * 5000, [("seed", "7")])
    assert len(facts.plain) < 2600
