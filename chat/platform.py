"""The seam to a chat platform: how the bot speaks without being asked."""

from collections.abc import Sequence
from typing import Protocol

from chat.model import Address, Charge, PictureRef, Reply


class Cashier(Protocol):
    """A platform's own way for people to pay. Every call may raise a DeliveryError."""

    async def invoice(self, title: str, description: str, payload: str, amount: int) -> str:
        """A link that opens an invoice; whoever opens it can pay it."""
        ...

    async def give_back(self, payer: str, charge_id: str) -> None:
        """Return a charge; one that was returned before changes nothing."""
        ...

    async def charges(self, offset: int, limit: int) -> Sequence[Charge | None]:
        """A page of all that ever moved, the oldest first; None is what was no charge."""
        ...


class Chat(Protocol):
    """One platform's way to speak without being asked: cards and notices."""

    platform: str

    @property
    def cashier(self) -> Cashier | None:
        """How people pay here without leaving, where the platform has that."""
        ...

    def home(self, user_id: str) -> Address:
        """Where a person is spoken to in private without having asked."""
        ...

    def aside(self, address: Address, user_id: str) -> Address:
        """Where this person alone is told something more, below what answers them at `address`."""
        ...

    def deep_link(self, payload: str) -> str | None:
        """A link that opens the bot and gives `/start payload`, where the platform has such."""
        ...

    async def send(self, address: Address, reply: Reply) -> str:
        """Send a new message.

        Returns:
            The message's id, to edit it later.

        Raises:
            UnreachableError: The person blocked the bot, or the chat is gone.
            TryLaterError: The platform asks for patience, or cannot be reached.
            RefusedError: The platform will never accept this message.
        """
        ...

    async def edit(self, address: Address, reply: Reply) -> None:
        """Put `reply` in the place of `address.message`; doing it again changes nothing.

        Progress that is shown later is dropped, unless the reply is live.

        Raises:
            MessageGoneError: The message cannot be edited any more; send a new one.
            UnreachableError: See `send`.
            TryLaterError: See `send`.
            RefusedError: See `send`.
        """
        ...

    async def fetch(self, picture: PictureRef) -> bytes:
        """The file of a picture that somebody sent here; who reads it must distrust it.

        Raises:
            PictureGoneError: The platform does not give it.
            TryLaterError: See `send`.
        """
        ...

    async def show_progress(self, address: Address, reply: Reply) -> None:
        """Edit `address.message` when the platform's pace allows, else drop it. Never raises."""
        ...
