import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadRequestError
from engine.job import SAMPLERS, GenerationRequest, is_alike

REQUEST = GenerationRequest("a fox", "", 512, 512, 20, 7.5, 1)

requests = st.builds(
    GenerationRequest,
    prompt=st.text(),
    negative_prompt=st.text(),
    width=st.integers(1, 2048),
    height=st.integers(1, 2048),
    steps=st.integers(1, 150),
    guidance=st.floats(0, 50),
    seed=st.integers(0, 2**63 - 1),
    sampler=st.sampled_from(SAMPLERS),
    image=st.none() | st.binary(max_size=100),
    strength=st.just(1.0),
)


@given(requests)
def test_json_and_back_changes_nothing(request: GenerationRequest) -> None:
    request.check()

    assert GenerationRequest.from_json(request.to_json()) == request


def test_half_a_character_survives_json_but_is_refused() -> None:
    request = replace(REQUEST, prompt="\ud83d")

    assert GenerationRequest.from_json(request.to_json()) == request
    with pytest.raises(BadRequestError, match="prompt"):
        request.check()


@pytest.mark.parametrize(
    ("until", "rows"),
    [(1.0, [2, 2, 2, 2]), (0.5, [2, 2, 1, 1]), (0.6, [2, 2, 2, 1]), (0.0, [1] * 4)],
)
def test_where_guidance_ends_a_row_is_saved(until: float, rows: list[int]) -> None:
    request = replace(REQUEST, guidance_until=until)

    assert [request.rows_after(done, 4) for done in range(4)] == rows
    assert request.rows == rows[0]
    assert replace(request, guidance=1.0).rows_after(0, 4) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"prompt": "a fox"}', "nonsense"])
def test_what_is_no_request_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        GenerationRequest.from_json(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", "x" * 4001),
        ("negative_prompt", "x" * 4001),
        ("width", 0),
        ("height", 2049),
        ("steps", 0),
        ("steps", 151),
        ("guidance", -1.0),
        ("guidance_until", 1.1),
        ("guidance", math.nan),
        ("guidance", math.inf),
        ("seed", -1),
        ("seed", 2**63),
        ("sampler", "magic"),
        ("image", bytes(20 * 1024 * 1024 + 1)),
        ("mask", b"without an image"),
        ("strength", 1.1),
        ("strength", math.nan),
    ],
)
def test_an_impossible_request_is_refused_by_field(field: str, value: object) -> None:
    request = GenerationRequest(
        **{name: getattr(REQUEST, name) for name in REQUEST.__slots__} | {field: value}
    )

    with pytest.raises(BadRequestError) as refusal:
        request.check()

    assert refusal.value.field == field


def test_a_strength_of_less_than_a_step_is_refused() -> None:
    with pytest.raises(BadRequestError, match="strength"):
        replace(REQUEST, image=b"a file", steps=4, strength=0.2).check()


def test_over_a_picture_only_a_part_of_the_steps_is_drawn() -> None:
    assert replace(REQUEST, steps=20, strength=0.3).steps_skipped == 0
    assert replace(REQUEST, steps=20, strength=0.3, image=b"a file").steps_skipped == 14


@pytest.mark.parametrize(
    ("size", "alike"),
    [((512, 768), True), ((1024, 1024), True), ((2048, 512), False), ((0, 9), False)],
)
def test_what_comes_may_have_another_size_and_hardly_another_shape(
    size: tuple[int, int], *, alike: bool
) -> None:
    assert is_alike(size, (512, 768)) == alike
