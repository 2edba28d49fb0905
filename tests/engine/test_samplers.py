from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import samplers
from engine.job import SAMPLERS
from engine.samplers import STATE

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SD_15: dict[str, object] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
    "set_alpha_to_one": False,
}
ZERO_SNR = SD_15 | {
    "prediction_type": "v_prediction",
    "timestep_spacing": "trailing",
    "rescale_betas_zero_snr": True,
}
SIZE = 64


def model(latents: torch.Tensor) -> torch.Tensor:
    """Any function will do that is not linear and keeps what it is given in bounds."""
    mixing = torch.randn(SIZE, SIZE, generator=torch.Generator().manual_seed(1)) / 20
    return torch.tanh(latents @ mixing)


def by_diffusers(name: str, config: dict[str, object], steps: int, seed: int) -> torch.Tensor:
    schedule = samplers.scheduler(name, config)
    schedule.set_timesteps(steps)
    generator = torch.Generator().manual_seed(seed)
    latents = torch.randn(1, SIZE, generator=generator) * schedule.init_noise_sigma
    options = {"generator": generator} if name == "euler_a" else {}
    for timestep in schedule.timesteps:
        prediction = model(schedule.scale_model_input(latents, timestep))
        [latents, *_] = schedule.step(prediction, timestep, latents, return_dict=False, **options)
    assert isinstance(latents, torch.Tensor)
    return latents[0]


def by_table(name: str, config: dict[str, object], steps: int, seed: int) -> torch.Tensor:
    schedule = samplers.read_off(partial(samplers.scheduler, name, config), steps)
    generator = torch.Generator().manual_seed(seed)
    state = torch.zeros(STATE, SIZE)
    state[0] = torch.randn(1, SIZE, generator=generator) * schedule.starts[0][1]
    for scale, matrix in zip(schedule.input_scales, schedule.advance, strict=True):
        noise = torch.zeros(1, SIZE)
        if schedule.is_ancestral:
            noise = torch.randn(1, SIZE, generator=generator)
        state = matrix @ torch.cat([state, model(state[:1] * scale), noise])
    return state[0]


def test_every_sampler_that_may_be_asked_for_is_there() -> None:
    assert tuple(samplers._SAMPLERS) == SAMPLERS


@pytest.mark.parametrize("name", SAMPLERS)
@given(steps=st.integers(1, 40), seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_a_table_does_what_the_scheduler_does(name: str, steps: int, seed: int) -> None:
    theirs = by_diffusers(name, SD_15, steps, seed)

    ours = by_table(name, SD_15, steps, seed)

    # Both round in float32; heun in two or three steps subtracts large numbers and loses most.
    assert (ours - theirs).abs().max() <= 5e-5 * theirs.abs().max()


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - {"euler", "euler_a"}))
@pytest.mark.parametrize("steps", [1, 2, 25, 150])
def test_zero_terminal_snr_too(name: str, steps: int) -> None:
    theirs = by_diffusers(name, ZERO_SNR, steps, 7)

    ours = by_table(name, ZERO_SNR, steps, 7)

    assert (ours - theirs).abs().max() <= 5e-6 * theirs.abs().max()


@pytest.mark.parametrize("name", ["euler", "euler_a"])
def test_euler_from_endless_noise_differs_by_diffusers_own_rounding(name: str) -> None:
    # There Euler starts at a noise of 4096, beside which a float32 keeps no more than this.
    rounding = 4096 * torch.finfo(torch.float32).eps

    difference = by_table(name, ZERO_SNR, 5, 7) - by_diffusers(name, ZERO_SNR, 5, 7)

    assert difference.abs().max() <= rounding


def test_only_the_ancestral_sampler_takes_fresh_noise() -> None:
    taking = [
        name
        for name in SAMPLERS
        if samplers.read_off(partial(samplers.scheduler, name, SD_15), 5).is_ancestral
    ]

    assert taking == ["euler_a"]
