import pytest

from scripts.contract_calls import Contract, DiffersError
from tests.scripts.conftest import Razorpay


@pytest.mark.parametrize("fault", ["http500_after", "reset_after", "truncate_json"])
async def test_a_link_whose_answer_was_lost_is_found_and_cancelled(
    service: Razorpay, fault: str
) -> None:
    contract = service.contract()
    await service.emu("faults", kind=fault, method="POST", path="/v1/payment_links")
    with pytest.raises(DiffersError):
        await service.ask(contract.create)
    assert await service.ask(contract.tidy) == []

    assert await service.link_statuses() == ["cancelled"]


async def test_a_link_that_cannot_be_cancelled_is_named(service: Razorpay) -> None:
    contract = service.contract()
    await service.ask(contract.create)
    await service.emu("faults", kind="http500_before", path="/v1/payment_links/*")

    assert await service.ask(contract.tidy) == [contract.link_id]


async def test_an_open_link_is_not_cancelled_for_one_that_is_paid(service: Razorpay) -> None:
    contract = service.contract()
    await service.ask(contract.create)
    with pytest.raises(DiffersError, match="is created, not paid"):
        await service.ask(lambda: contract.cancel_paid(contract.link_id))

    assert await service.link_statuses() == ["created"]


async def test_an_error_of_another_shape_differs_though_its_words_are_right(
    service: Razorpay, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = service.contract()
    await service.ask(contract.create)
    monkeypatch.setattr(
        "sandbox.razorpay.errors._go_error",
        lambda text: {"code": "BAD_REQUEST_ERROR", "description": text, "metadata": {}},
    )
    with pytest.raises(DiffersError, match="the error is"):
        await service.ask(contract.duplicate)


async def test_a_list_in_another_envelope_differs(
    service: Razorpay, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = service.contract()
    await service.ask(contract.create)
    monkeypatch.setattr("scripts.contract_calls.LINKS", "/v1/payments")
    with pytest.raises(DiffersError, match="with entity, count, items"):
        await service.ask(contract.envelope)


async def test_nobody_at_the_other_end_is_told_as_such() -> None:
    with pytest.raises(DiffersError, match="no answer"):
        Contract("http://127.0.0.1:1", "rzp_test_x", "y").create()


async def test_nothing_can_be_cancelled_where_nothing_was_made(service: Razorpay) -> None:
    with pytest.raises(DiffersError, match="no link"):
        await service.ask(service.contract().cancel)
