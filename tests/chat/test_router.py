from collections.abc import Mapping
from dataclasses import replace

import pytest

from chat.commands import Command, MenuItem, Option, Options, Suggestion
from chat.errors import (
    MissingOptionError,
    MissingPictureError,
    NotOnThisMessageError,
    StaleButtonError,
    UnknownCommandError,
)
from chat.model import (
    Address,
    ButtonPress,
    CommandCall,
    Form,
    FormAnswer,
    Incoming,
    MenuCall,
    PictureRef,
    PlainText,
    Reply,
    Typing,
    UserRef,
)
from chat.router import Router
from chat.text import text

WORDS = {"en": "…"}
USER = UserRef("telegram", "5", "Asha")
HOME = Address("telegram", "5", private=True)
IMAGE = Command("image", WORDS, (Option("prompt", WORDS, required=True, is_rest=True),))
HELP = Command("help", WORDS)


def call(name: str, arguments: str | Mapping[str, str] = "") -> CommandCall:
    return CommandCall("telegram:1:1", USER, HOME, name, arguments)


def press(data: str) -> ButtonPress:
    return ButtonPress("telegram:1:2", USER, HOME, data)


@pytest.fixture
def explained() -> list[Exception]:
    return []


@pytest.fixture
def router(explained: list[Exception]) -> Router:
    def explain(error: Exception, incoming: Incoming) -> Reply:
        explained.append(error)
        return Reply(text("sorry"), toast=isinstance(incoming, ButtonPress))

    async def image(call: CommandCall, options: Options) -> Reply:
        return Reply(text(f"{call.user.name}: {options['prompt']}"))

    async def silent(call: CommandCall, options: Options) -> None:
        assert not options, call

    async def again(press: ButtonPress, argument: str) -> Reply:
        return Reply(text(f"{press.user.name}: again {argument}"))

    router = Router(explain)
    router.command(IMAGE, image)
    router.command(HELP, silent)
    router.button("again", again)
    return router


async def written(answer: FormAnswer, argument: str) -> Reply:
    return Reply(text(f"{argument}: {answer.words}"))


async def opened(press: ButtonPress, argument: str) -> Reply:
    return Reply(text("?"), form=Form(f"v1:ask:{argument}", "Ask", "What", press.data))


async def test_a_form_is_opened_by_its_button_and_its_answer_finds_the_handler(
    router: Router, explained: list[Exception]
) -> None:
    router.form("ask", opened, written)
    assert router.opens_form("v1:ask:7")
    assert not router.opens_form("v1:again:7")
    reply = await router.dispatch(press("v1:ask:7"))
    assert reply is not None
    assert reply.form is not None

    answer = FormAnswer("telegram:1:3", USER, HOME, reply.form.id, "a fox")
    assert await router.dispatch(answer) == Reply(text("7: a fox"))
    for gone in ("v1:again:7", "v0:ask:7", "", "v1"):
        await router.dispatch(replace(answer, form=gone))
    assert [type(error) for error in explained] == [StaleButtonError] * 4


async def test_a_menus_item_is_about_what_the_button_beside_it_is_about(
    router: Router, explained: list[Exception]
) -> None:
    item = MenuItem("ask", {"en": "Ask"}, opens_form=True)
    router.menu(item, opened)
    assert router.menu_items == (item,)
    chosen = MenuCall("discord:3", USER, HOME, "ask", ("v1:help:", "v1:again:7"))
    reply = await router.dispatch(chosen)
    assert reply is not None
    assert reply.form == Form("v1:ask:7", "Ask", "What", "v1:again:7")

    await router.dispatch(replace(chosen, presses=("v1:help:", "v0:again:7", "other")))
    await router.dispatch(replace(chosen, name="gone"))
    assert [type(error) for error in explained] == [NotOnThisMessageError, StaleButtonError]


async def test_a_command_reaches_its_handler_with_checked_options(router: Router) -> None:
    assert await router.dispatch(call("image", "a fox")) == Reply(text("Asha: a fox"))
    assert await router.dispatch(call("image", {"prompt": "a fox"})) == Reply(text("Asha: a fox"))


async def test_a_command_that_needs_a_picture_is_not_called_without(
    router: Router, explained: list[Exception]
) -> None:
    async def edit(call: CommandCall, options: Options) -> Reply:
        assert call.picture is not None
        return Reply(text(f"{options['prompt']} over {call.picture.file}"))

    picture = Option("picture", WORDS, required=True)
    router.command(Command("edit", WORDS, IMAGE.options, picture=picture), edit)
    asked = call("edit", "a fox")

    assert await router.dispatch(asked) == Reply(text("sorry"))
    assert [type(error) for error in explained] == [MissingPictureError]
    given = replace(asked, picture=PictureRef("photo-1", 10))
    assert await router.dispatch(given) == Reply(text("a fox over photo-1"))


async def test_a_handler_may_leave_the_answer_to_something_durable(
    router: Router, explained: list[Exception]
) -> None:
    assert await router.dispatch(call("help")) is None
    assert explained == []


@pytest.mark.parametrize(
    ("data", "argument"),
    [("v1:again:7:b", "7:b"), ("v1:again:", ""), ("v1:again", "")],
)
async def test_a_button_reaches_its_handler_with_its_argument(
    router: Router, data: str, argument: str
) -> None:
    assert await router.dispatch(press(data)) == Reply(text(f"Asha: again {argument}"))


@pytest.mark.parametrize("data", ["v0:again:7", "v2:again:7", "v1:gone:7", "again", "", "v1"])
async def test_a_button_of_another_version_is_explained(
    router: Router, explained: list[Exception], data: str
) -> None:
    reply = await router.dispatch(press(data))

    assert isinstance(explained[0], StaleButtonError)
    assert reply == Reply(text("sorry"), toast=True)


async def test_what_was_not_understood_is_explained(
    router: Router, explained: list[Exception]
) -> None:
    await router.dispatch(call("image"))
    await router.dispatch(call("imagine", "a fox"))

    assert [type(error) for error in explained] == [MissingOptionError, UnknownCommandError]


async def test_a_handlers_own_error_is_explained(
    router: Router, explained: list[Exception]
) -> None:
    async def broken(words: PlainText) -> Reply:
        raise ZeroDivisionError(words.text)

    router.plain_text(broken)

    reply = await router.dispatch(PlainText("telegram:1:3", USER, HOME, "hello"))

    assert reply == Reply(text("sorry"))
    assert isinstance(explained[0], ZeroDivisionError)


async def test_plain_text_without_a_handler_is_left_unanswered(
    router: Router, explained: list[Exception]
) -> None:
    assert await router.dispatch(PlainText("telegram:1:3", USER, HOME, "hello")) is None
    assert explained == []


def test_commands_are_listed_in_the_order_of_their_declaration(router: Router) -> None:
    assert router.commands == (IMAGE, HELP)


@pytest.mark.parametrize("secret", ["open", "", "--nonsense"])
async def test_an_admins_command_does_not_exist_for_others(secret: str) -> None:
    explained: list[Exception] = []

    def explain(error: Exception, _incoming: Incoming) -> Reply:
        explained.append(error)
        return Reply(text("sorry"))

    async def obey(_incoming: CommandCall | ButtonPress, _argument: object) -> Reply:
        return Reply(text("at your service"))

    option = Option("what", WORDS, choices=("open", "close"), required=True)
    command = Command("vault", WORDS, (option,), audience="admins")
    for admins in (frozenset[str](), frozenset({"discord:5", "telegram:55"})):
        router = Router(explain, admins)
        router.command(command, obey)
        router.button("vault", obey, "admins")
        await router.dispatch(call("vault", secret))
        await router.dispatch(press("v1:vault:7"))
        kinds = [type(error) for error in explained]
        assert kinds == [UnknownCommandError, StaleButtonError]
        explained.clear()

    router = Router(explain, frozenset({USER.tag}))
    router.command(command, obey)
    router.button("vault", obey, "admins")
    assert await router.dispatch(call("vault", "open")) == Reply(text("at your service"))
    assert await router.dispatch(press("v1:vault:7")) == Reply(text("at your service"))


async def test_a_command_that_declares_it_suggests_what_fits(router: Router) -> None:
    async def of_mine(typing: Typing) -> list[Suggestion]:
        return [Suggestion(f"{typing.words} of {typing.user.name}", "7")]

    async def pictures(call: CommandCall, options: Options) -> None:
        raise AssertionError(call, options)

    option = Option("picture", WORDS, is_suggested=True)
    router.command(Command("pictures", WORDS, (option,)), pictures, of_mine)

    found = await router.suggest(Typing(USER, "pictures", "picture", "fox"))
    assert found == [Suggestion("fox of Asha", "7")]
    assert await router.suggest(Typing(USER, "image", "prompt", "fox")) == ()
