from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
import torch

from engine.diffusers_runner import DiffusersRunner
from engine.forwards import Forwards, Recording, recorder
from engine.job import GenerationRequest

# diffusers 0.42 hands torch tensors to numpy in a way that numpy 2 will no longer take.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@dataclass
class Tape:
    """Records as CUDA does: the same work on the same memory, its result in the same place."""

    work: Callable[[], torch.Tensor]
    output: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.output = self.work()

    def replay(self) -> None:
        self.output.copy_(self.work())


class Recorder:
    """Counts recordings, and may have no memory for them."""

    def __init__(self) -> None:
        self.made = 0
        self.has_memory = True

    def __call__(self, work: Callable[[], torch.Tensor]) -> Recording:
        if not self.has_memory:
            raise RuntimeError("CUDA out of memory")
        self.made += 1
        return Tape(work)


def halves(
    latents: torch.Tensor,
    times: torch.Tensor,
    *,
    encoder_hidden_states: torch.Tensor,
    return_dict: bool,
) -> list[torch.Tensor]:
    """A model whose result depends on all that it is given."""
    assert not return_dict
    return [latents / 2 + times[:, None] + encoder_hidden_states.sum(dim=1)]


def inputs(rows: int, value: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return torch.full((rows, 3), value), torch.full((rows,), value), torch.full((rows, 2, 1), value)


@pytest.fixture
def record() -> Recorder:
    return Recorder()


@pytest.fixture
def forwards(record: Recorder) -> Forwards:
    return Forwards(halves, torch.float32, record)


def predicted(forwards: Forwards, rows: int, value: float) -> list[float]:
    prediction = forwards(*inputs(rows, value))
    assert prediction.shape == (rows, 3)
    return sorted({float(number) for number in prediction.flatten()})


def test_each_shape_is_recorded_once_and_replayed_with_what_is_given(
    forwards: Forwards, record: Recorder
) -> None:
    seen = [predicted(forwards, rows, value) for rows in (2, 4) for value in (2.0, 4.0)]

    assert seen == [[7.0], [14.0]] * 2
    assert record.made == 2


def test_what_is_given_is_left_alone(forwards: Forwards) -> None:
    given = inputs(2, 2.0)
    forwards(*given)

    forwards(*inputs(2, 4.0))

    assert all(bool((each == 2.0).all()) for each in given)


def test_only_the_latest_used_are_kept(forwards: Forwards, record: Recorder) -> None:
    for rows in range(1, 33):
        predicted(forwards, rows, 2.0)
    predicted(forwards, 1, 2.0)
    predicted(forwards, 33, 2.0)  # in the place of the one of two rows
    assert record.made == 33

    predicted(forwards, 1, 2.0)
    assert record.made == 33
    predicted(forwards, 2, 2.0)
    assert record.made == 34


def test_memory_that_is_needed_is_freed_and_taken_again_but_not_for_ever(
    forwards: Forwards, record: Recorder
) -> None:
    assert not forwards.drop()

    for made in (1, 2, 3, 3):
        assert predicted(forwards, 2, 2.0) == [7.0]
        assert record.made == made
        forwards.drop()


def test_what_cannot_be_recorded_is_drawn_all_the_same(
    forwards: Forwards, record: Recorder
) -> None:
    record.has_memory = False
    assert predicted(forwards, 2, 2.0) == [7.0]

    record.has_memory = True
    assert predicted(forwards, 2, 4.0) == [14.0]
    assert record.made == 0
    assert not forwards.drop()


def test_a_processor_records_nothing() -> None:
    assert recorder(torch.device("cpu")) is None


@pytest.mark.gpu
def test_a_gpu_replays_what_it_recorded() -> None:
    device = torch.device("cuda")
    record = recorder(device)
    assert record is not None
    weights = torch.randn(64, 64, device=device)

    def model(
        latents: torch.Tensor,
        times: torch.Tensor,
        *,
        encoder_hidden_states: torch.Tensor,
        **_: bool,
    ) -> list[torch.Tensor]:
        return [latents @ weights + times[:, None] * encoder_hidden_states]

    recorded, plain = (
        Forwards(model, torch.float32, record),
        Forwards(model, torch.float32),
    )
    for _ in range(2):  # memory that was freed is taken anew
        for rows in (2, 4, 2):
            given = (torch.randn(rows, 64), torch.randn(rows), torch.randn(rows, 64))
            latents, times, prompts = (each.to(device) for each in given)
            expected = plain(latents, times, prompts)
            assert torch.equal(recorded(latents, times, prompts), expected)
        assert recorded.drop()


@pytest.fixture
def recording(runner: DiffusersRunner, record: Recorder) -> Iterator[DiffusersRunner]:
    without = runner.forwards
    runner.forwards = Forwards(runner._pipeline.unet, torch.float32, record)
    yield runner
    runner.forwards = without


def test_pictures_by_recordings_are_the_same_whoever_draws_beside_them(
    recording: DiffusersRunner, record: Recorder, request_: GenerationRequest
) -> None:
    long = replace(request_, prompt="a fox " * 30)
    requests = {"a": request_, "b": replace(long, seed=12), "c": replace(request_, seed=13)}
    for job_id, request in requests.items():
        recording.admit(job_id, request)
    for _ in range(request_.steps):
        recording.step(list(requests), 8)
    replayed = recording.pixels(list(requests))
    assert record.made == 2  # of one chunk of prompt and of more

    recording.forwards = Forwards(recording._pipeline.unet, torch.float32)
    for job_id, request in requests.items():
        recording.admit(job_id, request)
    for _ in range(request_.steps):
        recording.step(list(requests), 8)

    assert torch.equal(recording.pixels(list(requests)), replayed)
    for job_id in requests:
        recording.release(job_id)
