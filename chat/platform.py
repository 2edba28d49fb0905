"""The seam to a chat platform: how the bot speaks without being asked."""

from typing import Protocol

from chat.model import Address, PictureRef, Reply


class Chat(Protocol):
    """One platform's way to speak without being asked: cards and notices."""

    platform: str

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
