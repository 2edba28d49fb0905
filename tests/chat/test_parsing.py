import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.commands import Command, Option, Options
from chat.errors import BadValueError, MissingOptionError, NotUnderstoodError, UnknownOptionError
from chat.parsing import parse, spell

WORDS = {"en": "…"}
IMAGE = Command(
    "image",
    WORDS,
    (
        Option("prompt", WORDS, required=True, is_rest=True, length_max=200),
        Option("style", WORDS, choices=("Anime", "pixel art", "शैली"), names={"hi": "शैली"}),
        Option("seed", WORDS, kind="integer", minimum=0, maximum=2**32 - 1),
        Option("strength", WORDS, kind="number", minimum=0.1, maximum=1),
        Option("count", WORDS, kind="integer", choices=("1", "2", "4")),
        Option("no", WORDS, length_max=50),
        Option("spoiler", WORDS, kind="flag"),
    ),
)
BUY = Command(
    "buy",
    WORDS,
    (
        Option("plan", WORDS, choices=("flash", "pro")),
        Option("hours", WORDS, kind="integer", minimum=1, maximum=12),
    ),
)
SESSION = Command("session", WORDS)
GIFT = Command(
    "gift",
    WORDS,
    (
        Option("plan", WORDS, choices=("flash", "pro")),
        Option("hours", WORDS, kind="integer", minimum=1, maximum=12),
        Option("reason", WORDS, is_rest=True),
    ),
)


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("a fox", {"prompt": "a fox"}),
        ("a fox --style anime --seed 7", {"prompt": "a fox", "style": "Anime", "seed": 7}),
        ("--style anime a fox", {"prompt": "a fox", "style": "Anime"}),
        ("a --seed=7 fox", {"prompt": "a fox", "seed": 7}),
        ("a fox --STYLE=ANIME", {"prompt": "a fox", "style": "Anime"}),
        ('a fox --style "pixel art"', {"prompt": "a fox", "style": "pixel art"}),
        ('a fox --style="pixel art"', {"prompt": "a fox", "style": "pixel art"}),
        ("a fox --style 'Pixel Art'", {"prompt": "a fox", "style": "pixel art"}),
        ("a fox —style anime", {"prompt": "a fox", "style": "Anime"}),
        ("a fox –seed 7", {"prompt": "a fox", "seed": 7}),
        ("a fox --no “text, frame”", {"prompt": "a fox", "no": "text, frame"}),
        ("a fox — quick — and –brown", {"prompt": "a fox — quick — and –brown"}),
        ("a fox -- running", {"prompt": "a fox -- running"}),
        ("लोमड़ी --style शैली --seed ७", {"prompt": "लोमड़ी", "style": "शैली", "seed": 7}),
        ("🦊🦊 --seed 7 👩‍🚀", {"prompt": "🦊🦊 👩‍🚀", "seed": 7}),
        ("a fox\nin snow\n--seed 7", {"prompt": "a fox\nin snow", "seed": 7}),
        ('a sign that says "don\'t --stop"', {"prompt": 'a sign that says "don\'t --stop"'}),
        ('"a --verbose fox"', {"prompt": "a --verbose fox"}),
        ("a 5\" fox, don't blink", {"prompt": "a 5\" fox, don't blink"}),
        ('a "fox', {"prompt": 'a "fox'}),
        ("a fox --seed 1 --seed 2", {"prompt": "a fox", "seed": 2}),
        ("--prompt fox in snow", {"prompt": "fox in snow"}),
        ("fox --strength .5 --count 4", {"prompt": "fox", "strength": 0.5, "count": 4}),
        ('fox --no ""', {"prompt": "fox"}),
    ],
)
def test_options_stand_anywhere_and_the_rest_is_the_prompt(
    arguments: str, options: Options
) -> None:
    assert parse(IMAGE, arguments) == options


@pytest.mark.parametrize(
    ("arguments", "option", "allowed"),
    [
        ("fox --style noir", "style", ("Anime", "pixel art", "शैली")),
        ("fox --seed -1", "seed", ("0–4,294,967,295",)),
        ("fox --seed seven", "seed", ("0–4,294,967,295",)),
        ("fox --seed 7.5", "seed", ("0–4,294,967,295",)),
        ("fox --seed", "seed", ("0–4,294,967,295",)),
        ("fox --seed --style anime", "seed", ("0–4,294,967,295",)),
        ("fox --seed " + "9" * 5000, "seed", ("0–4,294,967,295",)),
        ("fox --strength 2", "strength", ("0.1–1",)),
        ("fox --strength nan", "strength", ("0.1–1",)),
        ("fox --count 3", "count", ("1", "2", "4")),
        ("x" * 201, "prompt", ("≤ 200",)),
    ],
)
def test_a_value_outside_its_bounds_is_told_with_what_is_allowed(
    arguments: str, option: str, allowed: tuple[str, ...]
) -> None:
    with pytest.raises(BadValueError) as caught:
        parse(IMAGE, arguments)

    assert (caught.value.option, caught.value.allowed) == (option, allowed)


def test_an_unknown_option_names_the_known_ones() -> None:
    with pytest.raises(UnknownOptionError) as caught:
        parse(IMAGE, "fox --stile anime")

    assert caught.value.option == "stile"
    assert "style" in caught.value.known


@pytest.mark.parametrize("arguments", ["", "   ", "--style anime", {}, {"prompt": " "}])
def test_a_required_option_is_asked_for(arguments: str | dict[str, str]) -> None:
    with pytest.raises(MissingOptionError) as caught:
        parse(IMAGE, arguments)

    assert (caught.value.command, caught.value.option) == ("image", "prompt")


def test_a_command_without_free_text_takes_words_in_order() -> None:
    assert parse(BUY, "PRO 3") == {"plan": "pro", "hours": 3}
    assert parse(BUY, "--hours 3 pro") == {"plan": "pro", "hours": 3}
    assert parse(BUY, "") == {}
    with pytest.raises(UnknownOptionError):
        parse(BUY, "pro 3 please")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ("flash 2 a late train", {"plan": "flash", "hours": 2, "reason": "a late train"}),
        ('flash 2 "a late train"', {"plan": "flash", "hours": 2, "reason": "a late train"}),
        ("2 --plan pro a late train", {"plan": "pro", "hours": 2, "reason": "a late train"}),
        ("--reason late flash 2", {"plan": "flash", "hours": 2, "reason": "late"}),
        (
            'flash --hours 2 a "late" train',
            {"plan": "flash", "hours": 2, "reason": 'a "late" train'},
        ),
        ("flash", {"plan": "flash"}),
        ("", {}),
    ],
)
def test_options_before_the_free_text_take_a_word_each(arguments: str, options: Options) -> None:
    assert parse(GIFT, arguments) == options
    assert parse(GIFT, spell(GIFT, options)) == options


def test_words_after_a_command_without_options_are_no_mistake() -> None:
    assert parse(SESSION, "please") == {}


def test_options_that_a_platform_parsed_are_checked_the_same_way() -> None:
    assert parse(IMAGE, {"prompt": " fox ", "style": "anime", "seed": 7.0, "strength": 1}) == {
        "prompt": "fox",
        "style": "Anime",
        "seed": 7,
        "strength": 1.0,
    }
    with pytest.raises(BadValueError):
        parse(IMAGE, {"prompt": "fox", "seed": True})
    with pytest.raises(UnknownOptionError):
        parse(IMAGE, {"prompt": "fox", "size": 3})


def test_numbers_without_bounds_are_finite() -> None:
    command = Command("n", WORDS, (Option("x", WORDS, kind="number"),))

    assert parse(command, "-1e300") == {"x": -1e300}
    for words in ("inf", "-inf", "nan"):
        with pytest.raises(BadValueError):
            parse(command, words)


pieces = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [*"\"'“”‘’«\\=— \n", "--", "--style", "—seed", "--no=", "--prompt", "7", "anime"]
    ),
)


@given(st.lists(pieces, max_size=12).map(" ".join) | st.lists(pieces, max_size=12).map("".join))
def test_whatever_is_typed_is_understood_or_refused_kindly(arguments: str) -> None:
    for command in (IMAGE, BUY, SESSION):
        try:
            options = parse(command, arguments)
        except NotUnderstoodError:
            continue
        assert set(options) <= {option.name for option in command.options}


values = st.text(st.characters(codec="utf-8"), max_size=30) | st.lists(pieces, max_size=6).map(
    " ".join
)
texts = values.map(str.strip).filter(bool)


@given(
    st.fixed_dictionaries(
        {"prompt": texts.filter(lambda words: len(words) <= 200)},
        optional={
            "style": st.sampled_from(IMAGE.options[1].choices),
            "seed": st.integers(0, 2**32 - 1),
            "strength": st.floats(0.1, 1),
            "count": st.sampled_from([1, 2, 4]),
            "no": texts.filter(lambda words: len(words) <= 50),
            "spoiler": st.booleans(),
        },
    )
)
def test_what_is_spelled_is_parsed_back(options: Options) -> None:
    assert parse(IMAGE, spell(IMAGE, options)) == options


@given(st.fixed_dictionaries({}, optional={"x": st.floats(allow_nan=False, allow_infinity=False)}))
def test_every_finite_number_is_spelled_and_parsed_back(options: Options) -> None:
    command = Command("n", WORDS, (Option("x", WORDS, kind="number"),))

    assert parse(command, spell(command, options)) == options


def test_an_option_has_its_name_in_other_languages_too() -> None:
    assert parse(IMAGE, "एक नाव --शैली anime") == {"prompt": "एक नाव", "style": "Anime"}


@pytest.mark.parametrize(
    ("typed", "is_set"),
    [("--spoiler a fox", True), ("a fox --spoiler=no", False), ("a fox --spoiler=हाँ", True)],
)
def test_a_flag_is_set_by_its_name_and_takes_no_word_of_the_rest(typed: str, is_set: bool) -> None:
    assert parse(IMAGE, typed) == {"prompt": "a fox", "spoiler": is_set}
