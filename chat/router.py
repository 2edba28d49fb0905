"""Leads what a user did to the one handler for it, on every platform; the one error boundary."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from chat.commands import Audience, Command, MenuItem, Options, Suggestion
from chat.errors import (
    MissingPictureError,
    NotOnThisMessageError,
    StaleButtonError,
    UnknownCommandError,
)
from chat.model import (
    ButtonPress,
    Charged,
    Checkout,
    CommandCall,
    FormAnswer,
    Incoming,
    MenuCall,
    PlainText,
    Reply,
    Typing,
)
from chat.parsing import parse

CommandHandler = Callable[[CommandCall, Options], Awaitable[Reply | None]]
ButtonHandler = Callable[[ButtonPress, str], Awaitable[Reply | None]]
FormHandler = Callable[[FormAnswer, str], Awaitable[Reply | None]]
Afterwards = Callable[[Incoming], Awaitable[None]]
PlainTextHandler = Callable[[PlainText], Awaitable[Reply | None]]
CheckoutHandler = Callable[[Checkout], Awaitable[Reply | None]]
ChargedHandler = Callable[[Charged], Awaitable[Reply | None]]
Suggester = Callable[[Typing], Awaitable[Sequence[Suggestion]]]
Explain = Callable[[Exception, Incoming], Reply]

Handling = TypeVar("Handling")

_VERSION = "v1"


class Router:
    """Knows every command and button, and calls their handlers.

    For everybody but `admins` (`platform:id`), admins' commands and buttons do not exist.
    """

    def __init__(self, explain: Explain, admins: frozenset[str] = frozenset()) -> None:
        self._explain = explain
        self._admins = admins
        self._commands: dict[str, tuple[Command, CommandHandler]] = {}
        self._suggesters: dict[str, Suggester] = {}
        self._buttons: dict[str, tuple[Audience, ButtonHandler]] = {}
        self._forms: dict[str, FormHandler] = {}
        self._menu: dict[str, tuple[MenuItem, ButtonHandler]] = {}
        self._plain_text: PlainTextHandler | None = None
        self._payments: tuple[CheckoutHandler, ChargedHandler] | None = None
        self._afterwards: Afterwards | None = None

    async def dispatch(self, incoming: Incoming) -> Reply | None:
        """Answer what a user did; None when there is nothing to say, or something durable will.

        Whatever goes wrong becomes a reply too: this is the boundary that lets no handler's error
        reach the platform's loop.
        """
        try:
            reply = await self._handle(incoming)
        except Exception as error:  # noqa: BLE001 - the boundary; explain logs what it does not know
            reply = self._explain(error, incoming)
        if self._afterwards is not None:
            try:
                await self._afterwards(incoming)
            except Exception as error:  # noqa: BLE001 - as above; what was asked for is answered
                self._explain(error, incoming)
        return reply

    async def suggest(self, typing: Typing) -> Sequence[Suggestion]:
        """What fits an option that somebody is writing; nothing where nobody knows."""
        suggester = self._suggesters.get(typing.command)
        return await suggester(typing) if suggester else ()

    def command(
        self, declaration: Command, handler: CommandHandler, suggester: Suggester | None = None
    ) -> None:
        """Let `handler` answer a command, and `suggester` help to write its options."""
        assert declaration.name not in self._commands, "one implementation per command"
        needs_help = any(option.is_suggested for option in declaration.options)
        assert needs_help == (suggester is not None), "what is declared is suggested"
        self._commands[declaration.name] = (declaration, handler)
        if suggester is not None:
            self._suggesters[declaration.name] = suggester

    def button(self, verb: str, handler: ButtonHandler, audience: Audience = "everyone") -> None:
        """Let `handler` answer buttons whose data is `v1:<verb>:<argument>`."""
        assert verb not in self._buttons, "one implementation per verb"
        assert ":" not in verb, "a colon ends the verb"
        self._buttons[verb] = audience, handler

    def form(self, verb: str, opener: ButtonHandler, handler: FormHandler) -> None:
        """Let buttons of `verb` open a form, and `handler` take what is written into it."""
        self.button(verb, opener)
        self._forms[verb] = handler

    def menu(self, item: MenuItem, handler: ButtonHandler) -> None:
        """Let `handler` answer a menu's item as it would answer a button under the message."""
        assert item.name not in self._menu, "one implementation per item"
        self._menu[item.name] = item, handler

    def plain_text(self, handler: PlainTextHandler) -> None:
        """Let `handler` answer words that are no command."""
        assert self._plain_text is None, "one implementation for plain text"
        self._plain_text = handler

    def payments(self, checkout: CheckoutHandler, charged: ChargedHandler) -> None:
        """Let handlers answer who is about to pay an invoice of the platform's, and who paid."""
        self._payments = checkout, charged

    @property
    def commands(self) -> tuple[Command, ...]:
        """What is offered, in the order it was declared: for menus and /help."""
        return tuple(each for each, _ in self._commands.values() if each.is_offered)

    @property
    def menu_items(self) -> tuple[MenuItem, ...]:
        """What the menu of every message offers."""
        return tuple(item for item, _ in self._menu.values())

    def opens_form(self, data: str) -> bool:
        """Whether a button's answer is a form: some platforms must know before it is pressed."""
        return _split(data)[1] in self._forms

    def afterwards(self, handler: Afterwards) -> None:
        """Let `handler` know of everything that somebody did, once it was handled."""
        self._afterwards = handler

    async def _handle(self, incoming: Incoming) -> Reply | None:
        match incoming:
            case CommandCall():
                return await self._call(incoming)
            case ButtonPress():
                return await self._press(incoming)
            case FormAnswer():
                return await self._fill_in(incoming)
            case MenuCall():
                return await self._choose(incoming)
            case Checkout() | Charged():
                return await self._pay(incoming)
            case PlainText():
                return await self._plain_text(incoming) if self._plain_text else None

    async def _pay(self, incoming: Checkout | Charged) -> Reply | None:
        if self._payments is None:
            raise StaleButtonError(incoming.id)
        checkout, charged = self._payments
        return await (checkout(incoming) if isinstance(incoming, Checkout) else charged(incoming))

    async def _call(self, call: CommandCall) -> Reply | None:
        declaration, handler = self._commands.get(call.name, (None, None))
        if declaration is None or handler is None or not self._may(call, declaration.audience):
            raise UnknownCommandError(call.name)
        options = parse(declaration, call.arguments)
        if declaration.picture and declaration.picture.required and call.picture is None:
            raise MissingPictureError(call.name)
        return await handler(call, options)

    async def _press(self, press: ButtonPress) -> Reply | None:
        (audience, handler), argument = _known(press.data, self._buttons)
        if not self._may(press, audience):
            raise StaleButtonError(press.data)
        return await handler(press, argument)

    async def _fill_in(self, answer: FormAnswer) -> Reply | None:
        handler, argument = _known(answer.form, self._forms)
        return await handler(answer, argument)

    async def _choose(self, call: MenuCall) -> Reply | None:
        if call.name not in self._menu:
            raise StaleButtonError(call.name)
        item, handler = self._menu[call.name]
        for data in call.presses:
            version, verb, argument = _split(data)
            if (version, verb) == (_VERSION, item.beside):
                return await handler(ButtonPress(call.id, call.user, call.address, data), argument)
        raise NotOnThisMessageError(call.name)

    def _may(self, incoming: Incoming, audience: Audience) -> bool:
        return audience == "everyone" or incoming.user.tag in self._admins


def _known(data: str, among: Mapping[str, Handling]) -> tuple[Handling, str]:
    """What handles a button or form, and its argument.

    Raises:
        StaleButtonError: No version of the bot understands it any more.
    """
    version, verb, argument = _split(data)
    if version != _VERSION or verb not in among:
        raise StaleButtonError(data)
    return among[verb], argument


def _split(data: str) -> tuple[str, str, str]:
    """The version, verb and argument of a button or form."""
    version, _, rest = data.partition(":")
    verb, _, argument = rest.partition(":")
    return version, verb, argument
