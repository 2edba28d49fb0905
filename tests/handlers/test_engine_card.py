import pytest

from engine.health import BackendHealth, EngineHealth
from tests.doubles.hub import OPERATOR, Hub, said


async def test_an_engine_alone_says_what_it_draws_with(hub: Hub) -> None:
    words = said(await hub.call("admin", "health", OPERATOR))

    assert "ready ✓" in words
    assert "wall · cpu · float32" in words


async def test_each_back_end_says_how_it_is_doing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    backends = (
        BackendHealth("local", "local", 0, 3, 15, "ModelMissingError"),
        BackendHealth("studio", "automatic1111", 7, 0, 0, ""),
    )
    health = EngineHealth(False, "", "", "", 1, 2, 0, backends)
    monkeypatch.setattr(hub.engine, "health", lambda: health)

    first, local, studio, razorpay = said(await hub.call("admin", "health", OPERATOR)).splitlines()
    assert "not ready ✗ · 1 running, 2 waiting" in first
    assert local == "local: left alone for 15 s · 0 drawn, 3 failed, last trouble ModelMissingError"
    assert studio == "studio: in use · 7 drawn, 0 failed"
    assert razorpay == "Payments: Razorpay · in use"
