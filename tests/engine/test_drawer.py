from pathlib import Path

import pytest

from engine.backend import BackendSettings
from engine.chain import Chain
from engine.comfyui import ComfyUI
from engine.drawer import drawer
from engine.engine import Engine, EngineSettings
from engine.errors import WithheldError
from sandbox.backends.automatic1111 import PASSWORD, USER
from sandbox.backends.huggingface import MODEL, TOKEN
from tests.doubles.checker import ALWAYS, write
from tests.doubles.remotes import Asking, pretended


async def test_settings_make_the_chain_and_none_make_the_engine_alone() -> None:
    settings = EngineSettings()
    named = [
        BackendSettings(name="local", kind="local"),
        BackendSettings(name="comfy", kind="comfyui", url="http://127.0.0.1:1"),
    ]

    assert isinstance(drawer(settings, [], {}), Engine)
    drawing = drawer(settings, named, {"comfy": "token"})
    assert isinstance(drawing, Chain)
    assert [link.name for link in drawing._links] == ["local", "comfy"]
    assert isinstance(drawing._links[1].backend, ComfyUI)


@pytest.mark.parametrize(("safety_model", "every_s"), [("", 2.0), ("models/checker", 0)])
def test_previews_of_others_are_shown_unless_they_would_go_round_a_checker(
    safety_model: str, every_s: float
) -> None:
    settings = EngineSettings(safety_model=safety_model, preview_every_s=2)
    named = [BackendSettings(name="comfy", kind="comfyui", url="http://127.0.0.1:1")]
    drawing = drawer(settings, named, {})
    assert isinstance(drawing, Chain)
    backend = drawing._links[0].backend

    assert isinstance(backend, ComfyUI)
    assert backend.glimpses.every_s == every_s


async def test_who_draws_unseen_is_named_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    named = [BackendSettings(name="comfy", kind="comfyui", url="http://127.0.0.1:1")]

    drawer(EngineSettings(safety_model="models/checker"), named, {})
    assert caplog.text == ""
    drawer(EngineSettings(), named, {})
    assert "comfy" in caplog.text


async def test_a_withheld_picture_of_a_real_wire_is_not_handed_over(tmp_path: Path) -> None:
    settings = EngineSettings(safety_model=str(write(tmp_path, ALWAYS)), threads=1)
    async with pretended() as sandbox:
        url = f"{sandbox.url}/backends/sdnext"
        named = [BackendSettings(name="next", kind="sdnext", url=url)]
        async with drawer(settings, named, {"next": f"{USER}:{PASSWORD}"}) as drawing:
            with pytest.raises(WithheldError):
                await Asking(drawing).draw()


async def test_a_chain_of_real_wires_goes_on_to_the_next_server() -> None:
    async with pretended() as sandbox:
        at = f"{sandbox.url}/backends"
        named = [
            BackendSettings(name="studio", kind="automatic1111", url=f"{at}/automatic1111"),
            BackendSettings(name="next", kind="sdnext", url=f"{at}/sdnext"),
            BackendSettings(name="hf", kind="huggingface", url=f"{at}/huggingface/models/{MODEL}"),
        ]
        secrets = {"studio": "hub:wrong", "next": f"{USER}:{PASSWORD}", "hf": TOKEN}
        sandbox.backends.sdnext.troubles.order("memory")
        async with drawer(EngineSettings(), named, secrets) as drawing:
            assert [(await Asking(drawing).draw()).backend for _ in range(2)] == ["hf", "next"]
            studio, following, last = drawing.health().backends

        assert (studio.trouble, studio.failed, following.drawn, last.drawn) == ("refused", 1, 1, 1)
        assert studio.rest_s > 0
