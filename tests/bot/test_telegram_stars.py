"""The real library against the pretended Telegram: asked before a payment, told after it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.telegram import TelegramAdapter
from chat.errors import RefusedError
from chat.model import Charged, Checkout, Incoming, Reply
from chat.platform import Cashier
from chat.text import text
from sandbox.app import Sandbox, serve
from sandbox.client import Person, SandboxClient
from sandbox.telegram.bot import TOKEN


class Bot:
    """An adapter that notes what it hears of money, and refuses when told to."""

    def __init__(self, adapter: TelegramAdapter, asha: Person, asha_id: int) -> None:
        self.adapter = adapter
        self.asha = asha
        self.asha_id = str(asha_id)
        self.heard: asyncio.Queue[Checkout | Charged] = asyncio.Queue()
        self.refusal: Reply | None = None
        self.goes_on = asyncio.Event()
        """All that is not about money waits for this."""
        self.goes_on.set()

    @property
    def cashier(self) -> Cashier:
        return self.adapter.cashier

    async def dispatch(self, incoming: Incoming) -> Reply | None:
        if isinstance(incoming, Checkout | Charged):
            self.heard.put_nowait(incoming)
        else:
            await self.goes_on.wait()
        return self.refusal if isinstance(incoming, Checkout) else None

    async def next(self) -> Checkout | Charged:
        async with asyncio.timeout(10):
            return await self.heard.get()

    async def charged(self, mischief: str = "") -> Charged:
        """Asha pays; what the bot hears of it in the end."""
        link = await self.cashier.invoice("Flash", "An hour of Flash", "att_1", 75)
        assert await self.asha.pay(link, mischief) == ("paid", "")
        while not isinstance(heard := await self.next(), Charged):
            pass
        return heard


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with (
        serve(limits="none") as sandbox,
        SandboxClient(sandbox.url) as client,
        TelegramAdapter(TOKEN, sandbox.url) as adapter,
        asyncio.TaskGroup() as tasks,
    ):
        bot = Bot(adapter, client.person("asha"), _id_of(sandbox, "asha"))
        listening = tasks.create_task(adapter.run(bot.dispatch))
        await client.ready()
        yield bot
        listening.cancel()


def _id_of(sandbox: Sandbox, key: str) -> int:
    return sandbox.world.people[key].id


async def test_who_pays_is_asked_about_first_and_told_of_then(bot: Bot) -> None:
    link = await bot.cashier.invoice("Flash", "An hour of Flash", "att_1", 75)
    assert await bot.asha.pay(link) == ("paid", "")

    asked, told = await bot.next(), await bot.next()

    assert isinstance(asked, Checkout)
    assert (asked.payload, asked.amount, asked.currency) == ("att_1", 75, "XTR")
    assert asked.user.id == bot.asha_id
    assert asked.address.private
    assert isinstance(told, Charged)
    assert told.user == asked.user
    charge = told.charge
    assert (charge.payload, charge.payer, charge.amount) == ("att_1", bot.asha_id, 75)
    assert charge.currency == "XTR"


async def test_a_refusal_is_told_in_words_and_nothing_is_paid(bot: Bot) -> None:
    bot.refusal = Reply(text("It is sold."))
    link = await bot.cashier.invoice("Flash", "An hour of Flash", "att_1", 75)

    assert await bot.asha.pay(link) == ("refused", "It is sold.")
    assert await bot.cashier.charges(0, 100) == []


async def test_an_answer_that_is_lost_on_the_way_is_given_again(bot: Bot) -> None:
    await bot.asha.sandbox.trouble("500", "answerPreCheckoutQuery")
    link = await bot.cashier.invoice("Flash", "An hour of Flash", "att_1", 75)

    assert await bot.asha.pay(link) == ("paid", "")


async def test_a_payment_waits_for_nothing_that_its_payer_does_beside_it(bot: Bot) -> None:
    bot.goes_on.clear()
    link = await bot.cashier.invoice("Flash", "An hour of Flash", "att_1", 75)
    await bot.asha.say("/image a fox")

    assert await bot.asha.pay(link) == ("paid", "")
    bot.goes_on.set()


async def test_a_charge_goes_back_once_however_often_it_is_asked_for(bot: Bot) -> None:
    charge = (await bot.charged()).charge
    for _ in range(2):
        await bot.cashier.give_back(charge.payer, charge.charge_id)

    with pytest.raises(RefusedError):
        await bot.cashier.give_back(charge.payer, "stx_none")
    there, back = await bot.cashier.charges(0, 100)
    assert there == charge
    assert back is None


async def test_the_list_has_pages(bot: Bot) -> None:
    charges = [(await bot.charged()).charge for _ in range(3)]

    assert await bot.cashier.charges(1, 1) == charges[1:2]
    assert await bot.cashier.charges(3, 100) == []
