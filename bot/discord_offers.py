"""What the bot offers on Discord, and what was chosen of it: commands, menus, buttons, forms."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from discord import Interaction, InteractionType

from bot.discord_answering import ACKNOWLEDGE_S, offer
from bot.discord_commands import (
    MESSAGE_MENU,
    declaration,
    listed,
    menu_declaration,
    suggested,
    typed_in,
)
from bot.discord_interactions import (
    data_of,
    is_home,
    may_answer,
    to_answer,
    to_call,
    to_menu_call,
    to_press,
    to_typing,
)
from chat.commands import Command, MenuItem, Suggestion
from chat.model import Incoming, Typing

Suggest = Callable[[Typing], Awaitable[Sequence[Suggestion]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody did, and how it is to be answered."""

    incoming: Incoming
    is_hidden: bool = False
    """For the asker's eyes alone."""
    is_refused: bool = False
    """Whether the bot may not answer where it was asked."""
    opens_form: bool = False


class Offers:
    """Everything that people can choose."""

    def __init__(
        self,
        commands: Sequence[Command] = (),
        suggest: Suggest | None = None,
        menu: Sequence[MenuItem] = (),
        opens_form: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._commands = {command.name: command for command in commands}
        self._suggest = suggest
        self._menu = {item.label["en"]: item for item in menu}
        self._opens_form = opens_form

    def declarations(self) -> list[Mapping[str, Any]]:
        """All that Discord is to show."""
        commands = [declaration(command) for command in self._commands.values()]
        return commands + [menu_declaration(item) for item in self._menu.values()]

    def read(self, interaction: Interaction, now: float) -> Asked | None:
        """What somebody did; None for what is not known here."""
        match interaction.type:
            case InteractionType.application_command:
                if data_of(interaction)["type"] == MESSAGE_MENU:
                    return self._read_menu_call(interaction, now)
                return self._read_call(interaction, now)
            case InteractionType.component:
                press = to_press(interaction, now)
                return Asked(press, opens_form=self._opens_form(press.data))
            case InteractionType.modal_submit:
                return Asked(to_answer(interaction, now))
            case _:
                return None

    async def suggest(self, interaction: Interaction) -> None:
        """Help somebody to write an option.

        Raises:
            TimeoutError: Whoever knows what fits took too long.
        """
        data = data_of(interaction)
        command = self._commands.get(data["name"])
        typed = typed_in(command, data) if command else None
        if typed is None:
            return
        option, words = typed
        choices = listed(option, words)
        if option.is_suggested and self._suggest:
            typing = to_typing(interaction, option.name, words)
            async with asyncio.timeout(ACKNOWLEDGE_S):
                choices = suggested(await self._suggest(typing))
        await offer(interaction, choices)

    def _read_call(self, interaction: Interaction, now: float) -> Asked:
        command = self._commands.get(data_of(interaction)["name"])
        is_private = command is not None and command.is_private
        is_refused = not is_private and not may_answer(interaction)
        is_hidden = (is_private or is_refused) and not is_home(interaction)
        call = to_call(interaction, is_hidden=is_hidden, now=now)
        return Asked(call, is_hidden=is_hidden, is_refused=is_refused)

    def _read_menu_call(self, interaction: Interaction, now: float) -> Asked:
        name = data_of(interaction)["name"]
        item = self._menu.get(name)
        is_refused = not may_answer(interaction)
        opens_form = item is not None and item.opens_form and not is_refused
        is_hidden = (opens_form or is_refused) and not is_home(interaction)
        chosen = item.name if item else name
        call = to_menu_call(interaction, chosen, is_hidden=is_hidden, now=now)
        return Asked(call, is_hidden=is_hidden, is_refused=is_refused, opens_form=opens_form)
