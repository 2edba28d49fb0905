from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusers_runner import DiffusersRunner
from engine.job import GenerationRequest
from engine.prompts import CHUNKS_MAX, Prompts, weighted
from tests.engine.conftest import Stock

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TOKENS = 77  # the test model's tokenizer has one for each letter
LONG = "a fox in the snow beside a frozen lake, tall pines, a low sun, long blue shadows, " * 2


@pytest.fixture
def prompts(runner: DiffusersRunner) -> Prompts:
    return Prompts(runner._pipeline, runner._device)


@pytest.fixture(autouse=True)
def nothing_is_left(runner: DiffusersRunner) -> Iterator[None]:
    yield
    runner._flights.clear()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("a fox", [("a fox", 1)]),
        ("a (red:1.3) fox", [("a ", 1), ("red", 1.3), (" fox", 1)]),
        ("(red:0.5)(blue:2)", [("red", 0.5), ("blue", 2)]),
        ("a (red) fox (1:2", [("a (red) fox (1:2", 1)]),
        ("(red:1000)", [("red", 3)]),
        ("(:1.2) fox", [(" fox", 1)]),
    ],
)
def test_only_a_number_after_a_colon_is_a_weight(text: str, parts: list[tuple[str, float]]) -> None:
    assert weighted(text) == parts


@given(st.text())
def test_any_text_has_parts(text: str) -> None:
    assert all(0 <= weight <= 3 for _, weight in weighted(text))


def test_a_short_prompt_is_read_as_by_the_stock_pipeline(
    prompts: Prompts, runner: DiffusersRunner
) -> None:
    [theirs], _ = runner._pipeline.encode_prompt("a (red) fox", runner._device, 1, False)

    assert torch.equal(prompts.encoded("a (red) fox"), theirs)


def test_a_text_is_read_once_and_once_more_with_other_loras(
    prompts: Prompts, runner: DiffusersRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    encode = runner._pipeline.encode_prompt

    def watched(text: str, *rest: object, **more: object) -> object:
        read.append(text)
        return encode(text, *rest, **more)

    monkeypatch.setattr(runner._pipeline, "encode_prompt", watched)
    for loras in ((), (), (("ink", 1.0),)):
        prompts.encoded_alike(["blurry", "a fox"], loras)

    assert sorted(read) == ["", "", "a fox", "a fox", "blurry", "blurry"]


def test_a_long_prompt_is_read_to_its_end(prompts: Prompts) -> None:
    read = prompts.encoded(LONG)

    assert len(read) == 2 * TOKENS
    assert torch.equal(read[:TOKENS], prompts.encoded(LONG + "and a bear")[:TOKENS])
    assert not torch.equal(read, prompts.encoded(LONG[:-2] + "!"))


def test_a_prompt_without_end_is_cut(prompts: Prompts) -> None:
    assert len(prompts.encoded("fox " * 900)) == CHUNKS_MAX * TOKENS


def test_a_weight_moves_its_words_away_from_silence(prompts: Prompts) -> None:
    plain, silence = prompts.encoded("a red fox"), prompts.encoded("")

    stronger = prompts.encoded("a (red:1.5) fox")

    red, others = slice(2, 5), [0, 1, *range(5, TOKENS)]
    assert torch.allclose(stronger[others], plain[others], atol=1e-6)
    moved = (stronger - silence)[red]
    assert torch.allclose(moved, 1.5 * (plain - silence)[red], atol=1e-5)


def test_both_prompts_are_made_equally_long(prompts: Prompts) -> None:
    short, long = prompts.encoded_alike(["blurry", LONG])

    assert short.shape == long.shape
    assert torch.equal(short[:TOKENS], prompts.encoded("blurry"))
    assert torch.equal(short[TOKENS:], prompts.encoded(""))


def test_long_and_short_prompts_are_drawn_side_by_side(
    runner: DiffusersRunner, stock: Stock, prompts: Prompts, request_: GenerationRequest
) -> None:
    long = replace(request_, prompt=LONG, sampler="euler_a")
    short = replace(request_, prompt="a (red:1.4) fox", sampler="euler_a")
    runner.admit("long", long)
    for _ in range(runner.admit("short", short)):
        runner.step(["long", "short"], 4)

    for name, request in (("long", long), ("short", short)):
        embedded = prompts.encoded_alike([request.negative_prompt, request.prompt])
        picture = (runner.pixels([name])[0] / 2 + 0.5).clamp(0, 1)
        assert (picture - stock.draw_embedded(request, *embedded)).abs().max() <= 1e-5
