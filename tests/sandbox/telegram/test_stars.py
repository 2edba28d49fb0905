import asyncio
from typing import Any

import pytest
from telegram import Bot, LabeledPrice, PreCheckoutQuery, SuccessfulPayment, Update
from telegram.error import BadRequest

from sandbox.client import Person, SandboxClient
from sandbox.telegram import stars


async def invoice(bot: Bot, amount: int = 75, **changed: Any) -> str:
    said = {"title": "Flash", "description": "An hour of Flash", "payload": "att_1"} | changed
    return await bot.create_invoice_link(
        said["title"],
        said["description"],
        said["payload"],
        said.get("currency", "XTR"),
        [LabeledPrice("Flash", amount)],
    )


async def updates(bot: Bot) -> list[Update]:
    """What is new; it is confirmed at once."""
    new = list(await bot.get_updates(timeout=1))
    if new:
        await bot.get_updates(offset=new[-1].update_id + 1, timeout=0)
    return new


async def asked(bot: Bot) -> PreCheckoutQuery:
    while True:
        for update in await updates(bot):
            if update.pre_checkout_query:
                return update.pre_checkout_query


async def paid(bot: Bot, asha: Person, link: str) -> SuccessfulPayment:
    async with asyncio.TaskGroup() as tasks:
        paying = tasks.create_task(asha.pay(link))
        await bot.answer_pre_checkout_query((await asked(bot)).id, ok=True)
    assert paying.result() == ("paid", "")
    while True:
        for update in await updates(bot):
            if update.message and update.message.successful_payment:
                return update.message.successful_payment


async def test_the_bot_is_asked_before_and_told_after_a_payment(bot: Bot, asha: Person) -> None:
    link = await invoice(bot)
    assert link.startswith("https://t.me/$")
    async with asyncio.TaskGroup() as tasks:
        paying = tasks.create_task(asha.pay(link))
        query = await asked(bot)
        assert (query.total_amount, query.currency, query.invoice_payload) == (75, "XTR", "att_1")
        assert query.from_user.first_name == "Asha"
        await bot.answer_pre_checkout_query(query.id, ok=True)

    assert paying.result() == ("paid", "")
    told = [u.message.successful_payment for u in await updates(bot) if u.message]
    assert [payment.invoice_payload for payment in told if payment] == ["att_1"]


async def test_the_bot_can_refuse_with_words(bot: Bot, asha: Person) -> None:
    link = await invoice(bot)
    async with asyncio.TaskGroup() as tasks:
        paying = tasks.create_task(asha.pay(link))
        query = await asked(bot)
        await bot.answer_pre_checkout_query(query.id, ok=False, error_message="It is sold.")

    assert paying.result() == ("refused", "It is sold.")
    assert (await bot.get_star_transactions()).transactions == ()
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_pre_checkout_query(query.id, ok=True)


async def test_who_gets_no_answer_in_time_pays_nothing(
    bot: Bot, asha: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stars, "ANSWER_WITHIN_S", 0.05)
    link = await invoice(bot)

    assert await asha.pay(link) == ("unanswered", "")
    assert (await bot.get_star_transactions()).transactions == ()


async def test_each_payment_of_one_invoice_is_a_charge_of_its_own(bot: Bot, asha: Person) -> None:
    link = await invoice(bot)
    first, second = await paid(bot, asha, link), await paid(bot, asha, link)

    assert first.telegram_payment_charge_id != second.telegram_payment_charge_id
    assert len((await bot.get_star_transactions()).transactions) == 2


async def test_a_charge_goes_back_once_to_who_paid_it(bot: Bot, asha: Person, asha_id: int) -> None:
    charge = (await paid(bot, asha, await invoice(bot))).telegram_payment_charge_id
    with pytest.raises(BadRequest, match=r"(?i)charge_not_found"):
        await bot.refund_star_payment(asha_id + 1, charge)

    await bot.refund_star_payment(asha_id, charge)

    with pytest.raises(BadRequest, match=r"(?i)charge_already_refunded"):
        await bot.refund_star_payment(asha_id, charge)
    there, back = (await bot.get_star_transactions()).transactions
    assert there.id == back.id == charge
    assert there.source is not None
    assert back.receiver is not None
    (told,) = [u.message.refunded_payment for u in await updates(bot) if u.message]
    assert told is not None
    assert told.telegram_payment_charge_id == charge


async def test_an_update_can_be_lost_and_a_question_left_out(bot: Bot, asha: Person) -> None:
    link = await invoice(bot)
    await updates(bot)
    assert await asha.pay(link, "unasked") == ("paid", "")
    assert len(await updates(bot)) == 1

    async with asyncio.TaskGroup() as tasks:
        paying = tasks.create_task(asha.pay(link, "lost"))
        await bot.answer_pre_checkout_query((await asked(bot)).id, ok=True)
    assert paying.result() == ("paid", "")
    assert await updates(bot) == []
    assert len((await bot.get_star_transactions(1, 1)).transactions) == 1


async def test_people_see_what_they_paid(bot: Bot, asha: Person) -> None:
    await paid(bot, asha, await invoice(bot))

    assert (await asha.messages())[-1].text == "⭐ 75 paid for Flash"


async def test_an_invoice_can_be_looked_at_and_forgotten(
    bot: Bot, asha: Person, client: SandboxClient
) -> None:
    link = await invoice(bot)
    shown = await client.ask("telegram/invoice", link=link)
    assert (shown["title"], shown["amount"]) == ("Flash", 75)

    await client.order("reset")

    assert await asha.pay(link) == ("unknown", "")


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "x" * 33},
        {"title": ""},
        {"description": "x" * 256},
        {"payload": "x" * 129},
        {"currency": "INR"},
    ],
)
async def test_an_invoice_that_telegram_would_not_make_is_refused(
    bot: Bot, changed: dict[str, Any]
) -> None:
    with pytest.raises(BadRequest):
        await invoice(bot, **changed)


@pytest.mark.parametrize("amount", [0, 10_001])
async def test_stars_are_whole_and_not_too_many(bot: Bot, amount: int) -> None:
    with pytest.raises(BadRequest, match=r"(?i)stars_invoice_invalid"):
        await invoice(bot, amount)


async def test_a_page_of_transactions_has_a_limit(bot: Bot) -> None:
    with pytest.raises(BadRequest):
        await bot.get_star_transactions(0, 101)
