import pytest
import torch
from torch import nn

from engine import residence
from engine.errors import OutOfMemoryError
from engine.residence import Exchange, Resident

META = torch.device("meta")
"""A device whose memory holds shapes and no numbers: what is there can be told from what is not."""


def model(seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).half()
    layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
    return layers


def places(layers: nn.Module) -> set[str]:
    return {each.device.type for each in (*layers.parameters(), *layers.buffers())}


def numbers(layers: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in layers.state_dict().items()}


def test_a_model_that_leaves_and_comes_is_the_same() -> None:
    layers = model(1)
    before = numbers(layers)
    resident = Resident([layers], META)

    resident.leave()
    resident.come()
    assert (places(layers), resident.is_here) == ({"meta"}, True)
    [weight, *_] = layers.parameters()
    assert weight.is_contiguous(memory_format=torch.channels_last)

    resident.leave()
    assert (places(layers), resident.is_here) == ({"cpu"}, False)
    after = numbers(layers)
    assert set(after) == set(before)
    assert all(torch.equal(after[name], before[name]) for name in before)
    assert after["0.weight"].dtype == torch.float16


def test_one_of_two_is_there_and_stays_until_the_other_is_asked_for() -> None:
    pictures, clips = model(1), model(2)
    exchange = Exchange(Resident([pictures], META), Resident([clips], META))

    assert exchange.bring(clips=True)
    assert exchange.bring(clips=False)
    assert (places(pictures), places(clips)) == ({"meta"}, {"cpu"})
    assert not exchange.bring(clips=False)

    assert exchange.bring(clips=True)
    assert (places(pictures), places(clips)) == ({"cpu"}, {"meta"})


def test_a_model_that_does_not_fit_is_not_half_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, clips = model(1), model(2)
    exchange = Exchange(Resident([pictures], META), Resident([clips], META))
    exchange.bring(clips=True)
    put, done = residence._put, list[residence.Slot]()

    def put_some(slot: residence.Slot, tensor: torch.Tensor) -> None:
        done.append(slot)
        if len(done) == 4 + len(list(clips.parameters())) + len(list(clips.buffers())):
            raise RuntimeError("CUDA out of memory")
        put(slot, tensor)

    monkeypatch.setattr(residence, "_put", put_some)
    with pytest.raises(OutOfMemoryError, match="for a model"):
        exchange.bring(clips=False)

    assert (places(pictures), places(clips)) == ({"cpu"}, {"cpu"})
    assert exchange.bring(clips=True)
    assert places(clips) == {"meta"}
