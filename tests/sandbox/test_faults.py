from sandbox.faults import Fault, Faults


def test_a_fault_meets_as_many_calls_as_were_ordered() -> None:
    faults = Faults()
    faults.order(Fault("sendPhoto", "500", count=2))
    met = [faults.meet(m) for m in ("sendMessage", "sendPhoto", "sendPhoto", "sendPhoto")]
    assert [fault is not None for fault in met] == [False, True, True, False]


def test_a_star_means_anything_that_speaks() -> None:
    faults = Faults()
    faults.order(Fault("*", "429"))
    assert faults.meet("getUpdates") is None
    assert faults.meet("editMessageText")
