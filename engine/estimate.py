"""How long a picture will take, from how long pictures took."""

from engine.job import GenerationRequest

_NEWEST_WEIGHT = 0.2
_FIRST_GUESS_S_PER_PIXEL = 1e-6  # a step of Stable Diffusion 1.5 on a middling GPU, one row

Size = tuple[int, int]


class StepTimes:
    """Moving averages per size: seconds of a row's forward, and seconds after the last step."""

    def __init__(self) -> None:
        self._row_s: dict[Size, float] = {}
        self._decode_s: dict[Size, float] = {}

    @property
    def is_empty(self) -> bool:
        """Whether any estimate would be a guess."""
        return not self._row_s

    def observe_forward(self, request: GenerationRequest, seconds: float) -> None:
        """Learn from a forward."""
        _average(self._row_s, _size(request), seconds / _rows(request))

    def observe_decode(self, request: GenerationRequest, seconds: float) -> None:
        """Learn from what came after the last step."""
        _average(self._decode_s, _size(request), seconds)

    def seconds(self, request: GenerationRequest, step: int = 0) -> float:
        """Return the seconds that a picture still takes after so many of its steps."""
        forwards = (request.steps - step) * (2 if request.sampler == "heun" else 1)
        row_s = _of_size(self._row_s, _size(request))
        if row_s is None:
            row_s = _FIRST_GUESS_S_PER_PIXEL * request.width * request.height
        return forwards * _rows(request) * row_s + (_of_size(self._decode_s, _size(request)) or 0)


def _size(request: GenerationRequest) -> Size:
    return (request.width, request.height)


def _rows(request: GenerationRequest) -> int:
    """Return the rows of a forward: guidance needs one without the prompt beside the one with."""
    return 2 if request.guidance > 1.0 else 1


def _average(averages: dict[Size, float], size: Size, seconds: float) -> None:
    before = averages.get(size, seconds)
    averages[size] = before + _NEWEST_WEIGHT * (seconds - before)


def _of_size(averages: dict[Size, float], size: Size) -> float | None:
    """Return the average for a size, or that of the nearest one scaled by pixels."""
    if size in averages:
        return averages[size]
    pixels = size[0] * size[1]
    known = min(averages, key=lambda other: abs(other[0] * other[1] - pixels), default=None)
    return None if known is None else averages[known] * pixels / (known[0] * known[1])
