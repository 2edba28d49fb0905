import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import protocol, wire
from engine.clip import VideoRequest
from engine.job import SAMPLERS, GenerationRequest
from engine.settings import EngineSettings

texts = st.text(max_size=40)
seconds = st.floats(0, 1e6)
requests = st.builds(
    GenerationRequest,
    prompt=texts,
    negative_prompt=texts,
    width=st.integers(1, 2048),
    height=st.integers(1, 2048),
    steps=st.integers(1, 150),
    guidance=st.floats(0, 50),
    seed=st.integers(0, 2**63 - 1),
    sampler=st.sampled_from(SAMPLERS),
    image=st.none() | st.binary(max_size=100),
    mask=st.none() | st.binary(max_size=100),
)
clips = st.builds(
    VideoRequest,
    image=st.binary(max_size=100),
    width=st.integers(8, 2048),
    height=st.integers(8, 2048),
    seed=st.integers(0, 2**63 - 1),
)
counts = st.integers(0, 10_000)
messages = st.one_of(
    st.builds(protocol.Hello, st.builds(EngineSettings, image_model=texts)),
    st.builds(protocol.Ready, texts, texts, texts, texts),
    st.builds(protocol.Submit, texts, requests, texts, st.integers(-9, 9), st.booleans()),
    st.builds(protocol.Animate, texts, clips, texts, st.integers(-9, 9), st.booleans()),
    st.builds(protocol.Cancel, texts),
    st.builds(protocol.Progress, texts, counts, counts, st.none() | seconds),
    st.builds(protocol.Preview, texts, st.binary(max_size=500)),
    st.builds(protocol.Finished, texts, counts, counts, counts, seconds, st.binary(max_size=500)),
    st.builds(
        protocol.Animated,
        *(texts, counts, counts, counts, counts, counts, seconds),
        thumbnail=st.binary(max_size=100),
        mp4=st.binary(max_size=500),
    ),
    st.builds(
        protocol.Failed,
        texts,
        st.sampled_from(
            ["bad_request", "cannot_animate", "closed", "failed", "model_missing", "withheld"]
        ),
        texts,
        texts,
    ),
    st.sampled_from([protocol.Ping(), protocol.Pong(), protocol.Drain()]),
)


@given(st.lists(messages, max_size=5), st.integers(1, 64))
def test_messages_arrive_whole_and_in_order_however_the_bytes_are_cut(
    sent: list[protocol.Message], size: int
) -> None:
    line = b"".join(wire.encode(message) for message in sent)
    reader = wire.FrameReader()

    pieces = [line[at : at + size] for at in range(0, len(line), size)]
    received = [message for piece in pieces for message in reader.feed(piece)]

    assert received == sent


def test_a_frame_beyond_the_bound_is_neither_read_nor_sent() -> None:
    lengths = struct.pack(">II", 10, wire.FRAME_BYTES_MAX)
    picture = protocol.Finished("job", 1, 1, 1, 0.1, bytes(wire.FRAME_BYTES_MAX))

    with pytest.raises(wire.ProtocolError):
        wire.FrameReader().feed(lengths)
    with pytest.raises(wire.ProtocolError):
        wire.encode(picture)


@pytest.mark.parametrize("header", [b"{}", b'{"type":"gossip"}', b"\xff", b'{"type":"submit"}'])
def test_an_unreadable_header_is_an_error(header: bytes) -> None:
    frame = struct.pack(">II", len(header), 0) + header

    with pytest.raises(wire.ProtocolError):
        wire.FrameReader().feed(frame)
