import pytest

from handlers.blocklist import BlockList, PromptBlockedError, SafetySettings

LIST = BlockList(
    SafetySettings(
        blocked={"en": ("gore", "car crash", "ass", "café"), "hi": ("नंगा", "ख़ून", "बलात्कार", " ")}
    )
)


def refused(prompt: str) -> str | None:
    try:
        LIST.check(prompt)
    except PromptBlockedError as error:
        return error.entry
    return None


@pytest.mark.parametrize(
    ("prompt", "entry"),
    [
        ("gore", "gore"),
        ("a wall of GORE, dark", "gore"),
        ("ｇｏｒｅ", "gore"),
        ("go\u00adre", "gore"),
        ("go\u200bre", "gore"),
        ("gôré", "gore"),
        ("a car,\ncrash", "car crash"),
        ("gore2", "gore"),
        ("4k3gore", "gore"),
        ("नंगा१", "नंगा"),
        ("CAR_CRASH", "car crash"),
        ("CAFE\u0301 at night", "café"),
        ("cafe at night", "café"),
        ("एक नंगा पेड़", "नंगा"),
        ("नँगा", "नंगा"),
        ("खून।", "ख़ून"),
        ("\u0959ून", "ख़ून"),
        ("बलात्\u200dकार", "बलात्कार"),
    ],
)
def test_a_listed_word_is_found_however_it_is_written(prompt: str, entry: str) -> None:
    assert refused(prompt) == entry


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a category of grass",
        "100 as 5",
        "gorera",
        "crash of a car",
        "a car",
        "पतंगा",
        "नंगाड़ा",
        "खूनी",
        "नंग",
        "🦊",
    ],
)
def test_other_words_pass_even_when_a_listed_one_is_inside(prompt: str) -> None:
    assert refused(prompt) is None


def test_without_lists_everything_passes() -> None:
    BlockList(SafetySettings()).check("gore")
