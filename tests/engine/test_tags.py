import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import tags


@pytest.mark.parametrize(
    ("prompt", "loras", "words"),
    [
        ("a fox", (), "a fox"),
        (" a  fox ", (), " a  fox "),
        ("a fox <lora:ink:0.8>", (("ink", 0.8),), "a fox"),
        ("<lora:ink>a fox", (("ink", 1.0),), "a fox"),
        ("a <lora:ink:-0.5> fox <lora:a.b:1>", (("a.b", 1.0), ("ink", -0.5)), "a fox"),
        ("<lora:ink:1><lora:ink:0.2>", (("ink", 0.2),), ""),
        ("a fox <lora:ink:99>", (("ink", 2.0),), "a fox"),
        ("a fox <lora:ink:much>", (), "a fox <lora:ink:much>"),
        ("a fox <lora::1>", (), "a fox <lora::1>"),
    ],
)
def test_a_tag_asks_for_a_lora_and_is_not_read(prompt: str, loras: tags.Loras, words: str) -> None:
    assert tags.loras(prompt) == loras
    assert tags.words(prompt) == words


@given(st.text())
def test_any_prompt_asks_for_a_few_at_most(prompt: str) -> None:
    assert len(tags.loras(prompt * 9)) <= 4
    assert "<lora:a:1>" not in tags.words(f"{prompt}<lora:a:1>")
