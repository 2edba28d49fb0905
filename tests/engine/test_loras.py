import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from engine.capacity import Capacity
from engine.diffusers_runner import DiffusersRunner
from engine.errors import ModelMissingError, OutOfMemoryError
from engine.job import GenerationRequest
from engine.loras import Loras
from engine.scheduler import Scheduler
from engine.settings import EngineSettings
from tests.engine.conftest import Stock
from tests.engine.test_flight import Arrival, fly

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RANK, ALPHA = 2, 3.0
Pair = tuple[torch.Tensor, torch.Tensor]
"""What goes down to a few numbers, and what comes up again."""


def taught(runner: DiffusersRunner) -> dict[str, nn.Module]:
    """The layers of the picture model and of its reader that the test's LoRA changes."""
    parts: dict[str, nn.Module] = {}
    for prefix, model, names in (
        ("unet", runner._pipeline.unet, ("to_q", "to_out.0", "proj_in", "conv1")),
        ("text_encoder", runner._pipeline.text_encoder, ("q_proj", "fc1")),
    ):
        for name, part in model.named_modules():
            if name.endswith(names) and isinstance(part, nn.Linear | nn.Conv2d):
                parts[f"{prefix}.{name}"] = part
    assert len({name.partition(".")[0] for name in parts}) == 2
    return parts


@pytest.fixture(scope="module")
def pairs(runner: DiffusersRunner) -> dict[str, Pair]:
    generator = torch.Generator().manual_seed(5)
    pairs: dict[str, Pair] = {}
    for name, part in taught(runner).items():
        weight = part.weight
        assert isinstance(weight, torch.Tensor)
        down = torch.randn(RANK, *weight.shape[1:], generator=generator) / 10
        up = torch.randn(len(weight), RANK, *[1] * (weight.dim() - 2), generator=generator) / 10
        pairs[name] = (down, up)
    return pairs


def by_kohya(pairs: Mapping[str, Pair]) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {}
    for name, (down, up) in pairs.items():
        theirs = name.replace("text_encoder.", "lora_te.text_model.", 1)
        flat = theirs.replace("unet.", "lora_unet.", 1).replace(".", "_")
        tensors |= {f"{flat}.lora_down.weight": down, f"{flat}.lora_up.weight": up}
        tensors[f"{flat}.alpha"] = torch.tensor(ALPHA)
    return tensors


def by_diffusers(pairs: Mapping[str, Pair]) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {}
    for name, (down, up) in pairs.items():
        tensors |= {f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": up}
    return tensors


def by_old_diffusers(pairs: Mapping[str, Pair]) -> dict[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {}
    for name, (down, up) in pairs.items():
        layer = name.replace(".to_", ".processor.to_").replace("to_out.0", "to_out")
        mark = "_lora" if ".processor." in layer else ".lora"
        scaled = up * (ALPHA / RANK)  # it knew no other number
        tensors |= {f"{layer}{mark}.down.weight": down, f"{layer}{mark}.up.weight": scaled}
    return tensors


WAYS = {"kohya": by_kohya, "diffusers": by_diffusers, "old": by_old_diffusers}


@pytest.fixture(params=sorted(WAYS))
def file(pairs: dict[str, Pair], tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    told = {"unet.lora_alpha": ALPHA, "text_encoder.lora_alpha": ALPHA}
    is_told = request.param == "diffusers"
    metadata = {"lora_adapter_metadata": json.dumps(told)} if is_told else None
    path = tmp_path / "pytorch_lora_weights.safetensors"
    save_file(WAYS[request.param](pairs), path, metadata)
    return path


@pytest.fixture
def dressed(
    runner: DiffusersRunner, file: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DiffusersRunner]:
    """The runner with a LoRA called ink."""
    monkeypatch.setattr(runner, "loras", Loras(runner._pipeline, {"ink": str(file)}))
    yield runner
    runner.loras.take_off()
    runner._flights.clear()


@pytest.fixture
def in_ink(request_: GenerationRequest) -> GenerationRequest:
    return replace(request_, prompt=f"{request_.prompt} <lora:ink:0.7>")


def draw(runner: DiffusersRunner, request: GenerationRequest) -> torch.Tensor:
    for _ in range(runner.admit("job", request)):
        runner.step(["job"], request.rows)
    return (runner.pixels(["job"])[0] / 2 + 0.5).clamp(0, 1)


def add_beside(
    stack: ExitStack, layer: nn.Module, down: torch.Tensor, up: torch.Tensor, strength: float
) -> None:
    """Have a layer add what the two small matrices make of what it is given."""

    def added(
        layer: nn.Module, given: tuple[torch.Tensor, ...], made: torch.Tensor
    ) -> torch.Tensor:
        if isinstance(layer, nn.Conv2d):
            few = nn.functional.conv2d(given[0], down, None, layer.stride, layer.padding)
            more = nn.functional.conv2d(few, up)
        else:
            more = given[0] @ down.flatten(1).T @ up.flatten(1).T
        return made + strength * ALPHA / RANK * more

    stack.callback(layer.register_forward_hook(added).remove)


def test_a_lora_adds_to_each_layer_what_its_two_matrices_make(
    dressed: DiffusersRunner,
    stock: Stock,
    pairs: dict[str, Pair],
    in_ink: GenerationRequest,
    request_: GenerationRequest,
) -> None:
    ours = draw(dressed, in_ink)

    with ExitStack() as stack:
        for name, pair in pairs.items():
            layer = stock._pipeline
            for part in name.split("."):
                layer = getattr(layer, part)
            add_beside(stack, layer, *pair, 0.7)
        theirs = stock._draw(request_)
    assert (ours - theirs).abs().max() <= 1e-4
    assert (ours - stock.draw(request_)).abs().max() > 0.01


def test_who_asks_for_none_gets_what_there_was_before_to_the_last_bit(
    dressed: DiffusersRunner, in_ink: GenerationRequest, request_: GenerationRequest
) -> None:
    before = draw(dressed, request_)
    weights = {name: tensor.clone() for name, tensor in dressed._pipeline.unet.state_dict().items()}
    draw(dressed, in_ink)

    assert torch.equal(draw(dressed, request_), before)
    after = dressed._pipeline.unet.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in weights.items())


def test_pictures_with_and_without_one_are_drawn_beside_each_other(
    dressed: DiffusersRunner, in_ink: GenerationRequest, request_: GenerationRequest
) -> None:
    def develop(job_ids: list[str]) -> dict[str, torch.Tensor]:
        return dict(zip(job_ids, dressed.pixels(job_ids), strict=True))

    stronger = replace(request_, prompt=f"{request_.prompt} <lora:ink:1.5>")
    requests = [in_ink, request_, stronger, in_ink]
    alone = [fly(dressed, scheduler(), [Arrival(0, request)], develop)["0"] for request in requests]

    together = fly(
        dressed, scheduler(), [Arrival(at, each) for at, each in enumerate(requests)], develop
    )

    for at, picture in enumerate(alone):
        assert isinstance(picture, torch.Tensor)
        other = together[str(at)]
        assert isinstance(other, torch.Tensor)
        assert (picture - other).abs().max() <= 1e-5


def scheduler() -> Scheduler:
    return Scheduler(4, Capacity(8, is_exact=False, costs={}))


def test_recorded_forwards_find_the_weights_where_they_were(
    dressed: DiffusersRunner, in_ink: GenerationRequest
) -> None:
    before = {name: each.data_ptr() for name, each in dressed._pipeline.unet.named_parameters()}

    dressed.loras.put_on(in_ink.loras)

    on = {name: each.data_ptr() for name, each in dressed._pipeline.unet.named_parameters()}
    assert on == before


def test_a_model_leaves_the_device_with_none_on(
    checkpoint: Path, file: Path, in_ink: GenerationRequest
) -> None:
    settings = EngineSettings(
        image_model=str(checkpoint), device="cpu", threads=1, loras={"ink": str(file.parent)}
    )
    runner = DiffusersRunner(settings)
    weights = {name: tensor.clone() for name, tensor in runner._pipeline.unet.state_dict().items()}
    assert runner.loras.put_on(in_ink.loras)

    runner.resident.leave()

    left = runner._pipeline.unet.state_dict()
    assert all(torch.equal(left[name], weight) for name, weight in weights.items())
    assert runner.loras.put_on(in_ink.loras)
    assert not runner.loras.put_on(in_ink.loras)


def test_where_memory_does_not_hold_what_was_before_none_is_on(
    dressed: DiffusersRunner, in_ink: GenerationRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = {name: tensor.clone() for name, tensor in dressed._pipeline.unet.state_dict().items()}
    left = [3]
    clone = torch.Tensor.clone

    def scarce(tensor: torch.Tensor) -> torch.Tensor:
        left[0] -= 1
        if left[0] < 0:
            raise RuntimeError("CUDA out of memory")
        return clone(tensor)

    with monkeypatch.context() as patch:
        patch.setattr(torch.Tensor, "clone", scarce)
        with pytest.raises(OutOfMemoryError):
            dressed.loras.put_on(in_ink.loras)

    after = dressed._pipeline.unet.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in weights.items())


def test_a_name_that_nobody_has_set_is_as_good_as_none(
    runner: DiffusersRunner, request_: GenerationRequest
) -> None:
    asked = replace(request_, prompt=f"{request_.prompt} <lora:unheard-of:1>")

    assert not runner.loras.put_on(asked.loras)
    assert torch.equal(draw(runner, asked), draw(runner, request_))
    runner.release("job")


@pytest.mark.parametrize(
    "tensors",
    [
        {"unet.nowhere.lora_A.weight": (2, 8), "unet.nowhere.lora_B.weight": (8, 2)},
        {"unet.conv_in.lora_A.weight": (2, 4, 3, 3)},
        {"unet.conv_in.lora_A.weight": (2, 1), "unet.conv_in.lora_B.weight": (1, 2)},
        {"lora_unet_conv_in.hada_w1_a": (2, 2)},
    ],
)
def test_what_is_no_lora_for_this_model_is_named_with_its_setting(
    runner: DiffusersRunner, tensors: dict[str, tuple[int, ...]], tmp_path: Path
) -> None:
    path = tmp_path / "other.safetensors"
    save_file({name: torch.zeros(shape) for name, shape in tensors.items()}, path)

    with pytest.raises(ModelMissingError) as missing:
        Loras(runner._pipeline, {"ink": str(path)})

    assert (missing.value.path, missing.value.setting) == (str(path), "engine.loras")


def test_a_missing_file_and_one_of_nonsense_are_named_likewise(
    runner: DiffusersRunner, tmp_path: Path
) -> None:
    nonsense = tmp_path / "nonsense.safetensors"
    nonsense.write_bytes(b"no tensors at all")

    for path in (tmp_path / "away.safetensors", nonsense, tmp_path):
        with pytest.raises(ModelMissingError, match=r"engine\.loras"):
            Loras(runner._pipeline, {"ink": str(path)})
