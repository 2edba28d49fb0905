"""The whole bot on a real database, with doubles at its four seams; tests are its customers."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path

from billing.business import BusinessSettings
from billing.gateway import Gateway
from billing.gifts import Gifts
from billing.guarded import FAILURES_MAX, Guarded
from billing.hours import Hours, HoursSettings, Wallet
from billing.orders import Orders
from billing.payments import Payments
from billing.plans import Plan, Plans, publish
from billing.receipts import Receipts
from billing.reducer import Policy
from billing.topups import TopUps
from chat.commands import Suggestion, Value
from chat.model import (
    Address,
    Button,
    ButtonPress,
    CommandCall,
    FormAnswer,
    MenuCall,
    PictureRef,
    PlainText,
    Reply,
    Typing,
    UserRef,
)
from chat.router import Router
from engine.breaker import Breaker
from handlers import delivery, draw, standstill
from handlers.accepting import DRAW, FILM
from handlers.blocklist import BlockList, SafetySettings
from handlers.links import Links
from handlers.progress import ProgressBoard
from handlers.routes import build_router
from handlers.services import Services
from handlers.settings import ImageSettings, VideoSettings
from handlers.standstill import TRY_DRAWING
from store import jobs, users
from store.blobs import Blobs
from store.cards import DELIVER
from store.database import Transaction
from store.jobs import Job
from store.ledger import Balance, balances
from store.work import Kind, Queue
from tests.doubles.chat import FakeChat, Shown
from tests.doubles.clock import FakeClock
from tests.doubles.database import fresh_database
from tests.doubles.engine import FakeEngine
from tests.doubles.gateway import FakeGateway
from tests.doubles.quick import open_quickly
from tests.doubles.work import RecordingWork

LITE = Plan(
    "flash-lite", "Flash Lite", 5000, tokens=150_000, images=3, videos=0, rank=0, delay_s=60
)
FLASH = Plan("flash", "Flash", 10_000, tokens=500_000, images=8, videos=1, rank=1)
PRO = Plan("pro", "Pro", 20_000, tokens=1_000_000, images=15, videos=3, rank=2)
IMAGES = ImageSettings(
    steps=4,
    sampler="ddim",
    live_jobs_max=3,
    shapes={"square": (64, 64), "portrait": (64, 96)},
    styles={"anime": "{prompt}, anime style"},
    templates={"postcard": "a sunset over {a place}"},
)
VIDEOS = VideoSettings(
    steps=2, frames=8, fps=4, seconds=2, shapes={"landscape": (96, 64), "square": (64, 64)}
)
SAFETY = SafetySettings(blocked={"en": ("gore", "car crash"), "hi": ("नंगा",)})
BUSINESS = BusinessSettings(
    name="Kaveri Pictures",
    address="12 Residency Road, Bengaluru 560025",
    email="help@kaveri.example",
    phone="+91 80 5550 0199",
    grievance_officer="Meera Iyer",
    state="Karnataka",
    effective_date="2026-04-01",
)
ASHA = "1"
RAVI = "2"
OPERATOR = "9"
OPERATOR_ELSEWHERE = "discord:9"
ASHA_ELSEWHERE = "discord:7"
"""Somebody who is not on the first platform; the others are."""


@dataclass
class Hub:
    """Everything a test wants to touch."""

    services: Services
    router: Router
    chat: FakeChat
    elsewhere: FakeChat
    """The chat of the other platform."""
    engine: FakeEngine
    work: RecordingWork
    clock: FakeClock
    gateway: FakeGateway
    media: Path
    language: str = "en"
    ids: "count[int]" = field(default_factory=lambda: count(1))

    async def call(
        self,
        name: str,
        arguments: str | Mapping[str, Value] = "",
        user: str = ASHA,
        *,
        picture: PictureRef | None = None,
        event: str | None = None,
        private: bool = True,
    ) -> Reply | None:
        """Somebody gives a command."""
        address = self._address(user, private=private)
        address = replace(address, reply_to=f"said-{next(self.ids)}")
        who = self._user(user)
        return await self.router.dispatch(
            CommandCall(event or f"event-{next(self.ids)}", who, address, name, arguments, picture)
        )

    async def press(
        self,
        data: str,
        user: str = ASHA,
        *,
        message: str = "50",
        event: str | None = None,
        private: bool = True,
    ) -> Reply | None:
        """Somebody presses a button."""
        address = replace(self._address(user, private=private), message=message)
        who = self._user(user)
        return await self.router.dispatch(
            ButtonPress(event or f"event-{next(self.ids)}", who, address, data)
        )

    async def say(self, words: str, user: str = ASHA) -> Reply | None:
        """Somebody talks."""
        address = self._address(user, private=True)
        who = self._user(user)
        return await self.router.dispatch(PlainText(f"event-{next(self.ids)}", who, address, words))

    async def answer(
        self, form: str, words: str, user: str = ASHA, *, event: str | None = None
    ) -> Reply | None:
        """Somebody answers a form."""
        address = replace(self._address(user, private=True), message="50")
        who = self._user(user)
        return await self.router.dispatch(
            FormAnswer(event or f"event-{next(self.ids)}", who, address, form, words)
        )

    async def choose(self, name: str, *presses: str, user: str = ASHA) -> Reply | None:
        """Somebody chooses from the menu of a message with buttons."""
        address = self._address(user, private=True)
        who = self._user(user)
        event = f"event-{next(self.ids)}"
        return await self.router.dispatch(MenuCall(event, who, address, name, presses))

    async def suggest(
        self, command: str, option: str, words: str, user: str = ASHA
    ) -> Sequence[Suggestion]:
        """Somebody types in an option."""
        return await self.router.suggest(Typing(self._user(user), command, option, words))

    async def draw(self, arguments: str = "a fox", user: str = ASHA) -> str:
        """Somebody asks for a picture and gets a job; returns its id."""
        before = set(await self.live_jobs())
        assert await self.call("image", arguments, user) is None
        (job_id,) = set(await self.live_jobs()) - before
        return job_id

    async def offer(self, arguments: str = "a boat", user: str = ASHA) -> str:
        """Somebody asks for a clip and is told its price; returns the offer's id."""
        start = presses(await self.call("video", arguments, user))[0]
        assert start is not None
        return start.removeprefix("v1:video_start:")

    async def film(self, arguments: str = "a boat", user: str = ASHA) -> str:
        """Somebody asks for a clip and starts it; returns the job's id."""
        offer_id = await self.offer(arguments, user)
        assert await self.press(f"v1:video_start:{offer_id}", user) is None
        return offer_id.replace("off_", "job_")

    async def videos_left(self, user: str = ASHA) -> int:
        return (await self.wallet(user)).left("video")

    async def grant(self, plan: str = "flash", hours: int = 1, user: str = ASHA) -> str:
        """Give somebody hours; returns the first one's id."""

        async def decide(tx: Transaction) -> str:
            user_id = await self._person(tx, user)
            order = await self.services.orders.grant(tx, user_id, plan, hours, "test", "test")
            return f"{order.id}-1"

        return await self.services.database.write(decide)

    async def wallet(self, user: str = ASHA) -> Wallet:
        async def decide(tx: Transaction) -> Wallet:
            return await self.services.hours.wallet(tx, await self._person(tx, user))

        return await self.services.database.write(decide)

    async def images_left(self, user: str = ASHA) -> int:
        return (await self.wallet(user)).usage["image"].left

    async def images_used(self, user: str = ASHA) -> int:
        return (await self.wallet(user)).usage["image"].used

    async def job(self, job_id: str) -> Job:
        async with self.services.database.read() as tx:
            job = await jobs.get(tx, job_id)
        assert job is not None
        return job

    async def live_jobs(self) -> list[str]:
        async with self.services.database.read() as tx:
            return await jobs.queued(tx)

    async def balance(self, account: str) -> Balance:
        async with self.services.database.read() as tx:
            return (await balances(tx, (account,)))[account]

    def card(self) -> Shown:
        return self.chat.last

    async def _person(self, tx: Transaction, user: str) -> int:
        who = self._user(user)
        known = await users.find(tx, who.platform, who.id)
        if known is None:
            known = await users.add(tx, who.platform, who.id, who.name, self.language, self.clock())
        return known.id

    def _user(self, user: str) -> UserRef:
        platform, _, number = user.rpartition(":")
        return UserRef(platform or "telegram", number, "Asha", self.language)

    def _address(self, user: str, *, private: bool) -> Address:
        who = self._user(user)
        return Address(who.platform, who.id if private else "-100", private)


def labels(reply: Reply | None) -> list[str]:
    return [button.label for button in buttons(reply)]


def presses(reply: Reply | None) -> list[str | None]:
    return [button.press for button in buttons(reply)]


def buttons(reply: Reply | None) -> list[Button]:
    assert reply is not None
    return [button for row in reply.buttons for button in row]


def said(reply: Reply | None) -> str:
    assert reply is not None, "something was said"
    return reply.text.plain


@asynccontextmanager
async def open_hub(
    folder: Path,
    business: BusinessSettings = BUSINESS,
    *,
    clock: FakeClock | None = None,
    razorpay: Gateway | None = None,
    policy: Policy = Policy(),  # noqa: B008 - frozen
    url: str = "",
) -> AsyncGenerator[Hub]:
    """A bot with three plans on sale and nobody in it.

    `razorpay` takes the place of the gateway in memory, the database at `url` that of a new one.
    """
    clock, chat, engine = clock or FakeClock(), FakeChat(), FakeEngine()
    elsewhere = FakeChat("discord")
    gateway, work = FakeGateway(clock), RecordingWork()
    async with open_quickly(url or fresh_database(folder)) as database:
        plans = Plans((LITE, FLASH, PRO))
        hours = Hours(HoursSettings(), plans, clock)
        guarded = Guarded(razorpay or gateway, Breaker(clock, FAILURES_MAX), clock)
        payments = Payments(
            database,
            guarded,
            hours,
            work,
            clock,
            callback_url=None,
            business=business,
            policy=policy,
        )
        orders = Orders(plans, hours, work, clock)
        services = Services(
            database=database,
            work=work,
            blobs=Blobs(f"file:{folder}/media"),
            links=Links("https://hub.example", b"k" * 32, clock),
            plans=plans,
            hours=hours,
            orders=orders,
            topups=TopUps(orders, hours, clock),
            gifts=Gifts(b"k" * 32, hours, clock),
            payments=payments,
            gateway=guarded,
            receipts=Receipts(business, clock),
            engine=engine,
            progress=ProgressBoard(),
            chats={chat.platform: chat, elsewhere.platform: elsewhere},
            images=IMAGES,
            videos=VIDEOS,
            blocklist=BlockList(SAFETY),
            keep_days=30,
            business=business,
            draws_elsewhere=False,
            admins=frozenset({f"telegram:{OPERATOR}", OPERATOR_ELSEWHERE}),
            clock=clock,
        )
        work.declare(
            Kind(DELIVER, Queue("chat", 4), partial(delivery.deliver, services)),
            Kind(DRAW, Queue("gpu", 4), partial(draw.draw, services)),
            Kind(FILM, Queue("clips", 1), partial(draw.draw, services)),
            Kind(TRY_DRAWING, Queue("tries", 1), partial(standstill.try_drawing, services)),
            *payments.kinds(),
        )
        await database.write(lambda tx: publish(tx, plans))
        router = build_router(services)
        yield Hub(services, router, chat, elsewhere, engine, work, clock, gateway, folder / "media")
