import pytest

from engine.backend import BackendSettings, ClipTaskSettings, TaskSettings, checked

LOCAL = BackendSettings(name="local", kind="local")
STUDIO = BackendSettings(name="studio", kind="automatic1111", url="http://127.0.0.1:7860")

NEXT = BackendSettings(name="next", kind="sdnext", url="http://x", video=ClipTaskSettings())

COMFY = BackendSettings(
    name="comfy", kind="comfyui", url="http://x", workflow="w", inputs={"prompt": "6.text"}
)
EDIT = {"image": "10.image", "prompt": "6.text"}
MISSPELT = {"promt": "6.text"}


def test_back_ends_that_can_be_spoken_to_keep_their_order() -> None:
    assert checked([STUDIO, LOCAL, NEXT, COMFY]) == (STUDIO, LOCAL, NEXT, COMFY)


@pytest.mark.parametrize(
    ("backends", "words"),
    [
        ([STUDIO, STUDIO], "studio is there twice"),
        ([LOCAL, LOCAL.model_copy(update={"name": "other"})], "only one can be local"),
        ([STUDIO.model_copy(update={"url": "127.0.0.1"})], "studio needs a url"),
        ([BackendSettings(name="hf", kind="huggingface")], "hf needs a model or a url"),
        ([BackendSettings(name="c", kind="comfyui", url="http://x")], "c needs a workflow"),
        (
            [BackendSettings(name="c", kind="comfyui", workflow="w", inputs={"prompt": "6.text"})],
            "c needs a url",
        ),
        (
            [BackendSettings(name="hf", kind="huggingface", model="m", video=ClipTaskSettings())],
            "hf needs a url of its own for video",
        ),
        ([STUDIO.model_copy(update={"video": ClipTaskSettings()})], "studio needs no video"),
        (
            [NEXT.model_copy(update={"video": ClipTaskSettings(url="http://x")})],
            "next needs no url for video",
        ),
        (
            [NEXT.model_copy(update={"video": ClipTaskSettings(model="WAN 2.2")})],
            "next needs both an engine and a model for video",
        ),
        ([STUDIO.model_copy(update={"edit": TaskSettings()})], "studio needs no edit"),
        (
            [BackendSettings(name="hf", kind="huggingface", model="m", edit=TaskSettings())],
            "hf needs a url for edit",
        ),
        (
            [BackendSettings(name="c", kind="comfyui", edit=TaskSettings(workflow="w"))],
            "c needs a workflow for edit",
        ),
        (
            [BackendSettings(name="c", kind="comfyui", video=ClipTaskSettings(workflow="w"))],
            "c needs a workflow for video, and inputs with an image",
        ),
        (
            [COMFY.model_copy(update={"inputs": {"prompt": "6.text", "cfg": "3.cfg"}})],
            "comfy has no 'cfg' for its inputs to map",
        ),
        (
            [COMFY.model_copy(update={"edit": TaskSettings(workflow="w", inputs=EDIT | MISSPELT)})],
            "comfy has no 'promt'",
        ),
        (
            [COMFY.model_copy(update={"video": ClipTaskSettings(workflow="w", inputs=EDIT)})],
            "comfy has no 'prompt'",
        ),
    ],
)
def test_what_lacks_something_is_refused_by_name(
    backends: list[BackendSettings], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        checked(backends)
