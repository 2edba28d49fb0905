"""Leads what a user did to the one handler for it, on every platform; the one error boundary."""

from collections.abc import Awaitable, Callable

from chat.commands import Audience, Command, Options
from chat.errors import StaleButtonError, UnknownCommandError
from chat.model import ButtonPress, CommandCall, Incoming, PlainText, Reply
from chat.parsing import parse

CommandHandler = Callable[[CommandCall, Options], Awaitable[Reply | None]]
ButtonHandler = Callable[[ButtonPress, str], Awaitable[Reply | None]]
PlainTextHandler = Callable[[PlainText], Awaitable[Reply | None]]
Explain = Callable[[Exception, Incoming], Reply]

_VERSION = "v1"


class Router:
    """Knows every command and button, and calls their handlers.

    For everybody but `admins` (`platform:id`), admins' commands and buttons do not exist.
    """

    def __init__(self, explain: Explain, admins: frozenset[str] = frozenset()) -> None:
        self._explain = explain
        self._admins = admins
        self._commands: dict[str, tuple[Command, CommandHandler]] = {}
        self._buttons: dict[str, tuple[Audience, ButtonHandler]] = {}
        self._plain_text: PlainTextHandler | None = None

    async def dispatch(self, incoming: Incoming) -> Reply | None:
        """Answer what a user did; None when there is nothing to say, or something durable will.

        Whatever goes wrong becomes a reply too: this is the boundary that lets no handler's error
        reach the platform's loop.
        """
        try:
            match incoming:
                case CommandCall():
                    return await self._call(incoming)
                case ButtonPress():
                    return await self._press(incoming)
                case PlainText():
                    return await self._plain_text(incoming) if self._plain_text else None
        except Exception as error:  # noqa: BLE001 - the boundary; explain logs what it does not know
            return self._explain(error, incoming)

    def command(self, declaration: Command, handler: CommandHandler) -> None:
        """Let `handler` answer a command."""
        assert declaration.name not in self._commands, "one implementation per command"
        self._commands[declaration.name] = (declaration, handler)

    def button(self, verb: str, handler: ButtonHandler, audience: Audience = "everyone") -> None:
        """Let `handler` answer buttons whose data is `v1:<verb>:<argument>`."""
        assert verb not in self._buttons, "one implementation per verb"
        assert ":" not in verb, "a colon ends the verb"
        self._buttons[verb] = audience, handler

    def plain_text(self, handler: PlainTextHandler) -> None:
        """Let `handler` answer words that are no command."""
        assert self._plain_text is None, "one implementation for plain text"
        self._plain_text = handler

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command, in the order it was declared: for menus and /help."""
        return tuple(declaration for declaration, _ in self._commands.values())

    async def _call(self, call: CommandCall) -> Reply | None:
        declaration, handler = self._commands.get(call.name, (None, None))
        if declaration is None or handler is None or not self._may(call, declaration.audience):
            raise UnknownCommandError(call.name)
        return await handler(call, parse(declaration, call.arguments))

    async def _press(self, press: ButtonPress) -> Reply | None:
        version, _, rest = press.data.partition(":")
        verb, _, argument = rest.partition(":")
        if version != _VERSION or verb not in self._buttons:
            raise StaleButtonError(press.data)
        audience, handler = self._buttons[verb]
        if not self._may(press, audience):
            raise StaleButtonError(press.data)
        return await handler(press, argument)

    def _may(self, incoming: Incoming, audience: Audience) -> bool:
        return audience == "everyone" or incoming.user.tag in self._admins
