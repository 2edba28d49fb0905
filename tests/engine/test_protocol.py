import pytest

from engine import protocol
from engine.errors import (
    BadRequestError,
    CannotAnimateError,
    EngineClosedError,
    EngineError,
    GenerationFailedError,
    ModelMissingError,
    WithheldError,
)


@pytest.mark.parametrize(
    "error",
    [
        BadRequestError("width", "must be even"),
        CannotAnimateError(),
        EngineClosedError("going down"),
        GenerationFailedError("out of memory"),
        ModelMissingError("models/none"),
        ModelMissingError("models/none", "engine.preview_model"),
        WithheldError(),
    ],
)
def test_an_error_is_the_same_on_the_other_side(error: EngineError) -> None:
    received = protocol.Failed.of("job", error).to_error()

    assert type(received) is type(error)
    assert str(received) == str(error)
