import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    InputMediaVideo,
    LabeledPrice,
    LinkPreviewOptions,
    MenuButtonCommands,
    ReplyParameters,
)
from telegram.request import HTTPXRequest, RequestData

from sandbox.app import Sandbox
from sandbox.client import Person, SandboxClient
from sandbox.telegram.bot import TOKEN
from sandbox.telegram.methods import PARAMETERS, REQUIRED
from tests.sandbox.botapi_spec import BotApiSpec, load_spec
from tests.sandbox.conftest import picture


@dataclass
class Exchange:
    """One call as it went over the wire."""

    method: str
    parameters: dict[str, str]
    answer: Any


@dataclass
class Wire:
    exchanges: list[Exchange] = field(default_factory=list)


class RecordingRequest(HTTPXRequest):
    """The library's own transport, writing down what it carries."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.wire = wire

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> tuple[int, bytes]:
        status, body = await super().do_request(url, method, request_data, *args, **kwargs)
        if "/file/" not in url:
            sent = dict(request_data.json_parameters) if request_data else {}
            self.wire.exchanges.append(Exchange(url.rpartition("/")[2], sent, json.loads(body)))
        return status, body


@pytest.fixture
def spec() -> BotApiSpec:
    return load_spec()


@pytest.fixture
async def everything(sandbox: Sandbox, asha: Person) -> Wire:
    """One call at least of every method that a chat needs, made by the real library."""
    wire = Wire()
    bot = Bot(
        TOKEN,
        base_url=f"{sandbox.url}/bot",
        base_file_url=f"{sandbox.url}/file/bot",
        request=RecordingRequest(wire),
        get_updates_request=RecordingRequest(wire),
    )
    async with bot:
        await _profile(bot)
        await _messages(bot, sandbox.world.people["asha"].id)
        await _updates(bot, asha)
        await _stars(bot, asha)
        await bot.set_webhook(
            "https://hub.example/t", secret_token="x", allowed_updates=["message"]
        )
        await bot.get_webhook_info()
        await bot.delete_webhook()
    return wire


async def _profile(bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Help")], BotCommandScopeAllPrivateChats(), "hi")
    await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "hi")
    await bot.delete_my_commands()
    await bot.set_my_name("Hub")
    await bot.get_my_name()
    await bot.set_my_description("Pictures")
    await bot.get_my_description()
    await bot.set_my_short_description("Pictures")
    await bot.get_my_short_description()
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    await bot.get_chat_menu_button()


async def _messages(bot: Bot, chat: int) -> None:
    keyboard = InlineKeyboardMarkup(
        [[InlineKeyboardButton("Buy", callback_data="v1:buy:1", style="primary"),
          InlineKeyboardButton("Pay", url="https://pay.example/1")]]
    )  # fmt: skip
    text = await bot.send_message(
        chat, "<b>Hi</b> <a href='tg://user?id=7001001'>Asha</a> <code>x</code> https://a.in",
        parse_mode="HTML", reply_markup=keyboard, reply_parameters=ReplyParameters(1),
        link_preview_options=LinkPreviewOptions(is_disabled=True), protect_content=True,
    )  # fmt: skip
    await bot.edit_message_text("New", chat, text.message_id, reply_markup=keyboard)
    await bot.edit_message_reply_markup(chat, text.message_id)
    await bot.edit_message_media(InputMediaPhoto(picture(), "Done"), chat, text.message_id)
    await bot.edit_message_caption(chat, text.message_id, caption="<i>Done</i>", parse_mode="HTML")
    await bot.send_photo(chat, picture(), has_spoiler=True, show_caption_above_media=True)
    await bot.send_video(chat, b"v", width=4, height=4, duration=1, thumbnail=picture())
    await bot.send_animation(chat, b"a", filename="a.gif")
    document = await bot.send_document(chat, b"d", filename="d.txt", thumbnail=picture())
    await bot.send_media_group(chat, [InputMediaPhoto(picture()), InputMediaVideo(b"v")])
    await bot.send_chat_action(chat, "typing")
    assert document.document
    await bot.get_file(document.document.file_id)
    await bot.delete_message(chat, document.message_id)
    await bot.delete_messages(chat, [text.message_id])
    await bot.get_chat(chat)
    await bot.get_chat_member(chat, chat)


async def _stars(bot: Bot, asha: Person) -> None:
    prices = [LabeledPrice("Flash", 75)]
    link = await bot.create_invoice_link("Flash", "An hour", "att_1", "XTR", prices)
    async with asyncio.TaskGroup() as tasks:
        paying = tasks.create_task(asha.pay(link))
        query = None
        while query is None:
            for update in await bot.get_updates(timeout=1):
                query = update.pre_checkout_query or query
        await bot.answer_pre_checkout_query(query.id, ok=True)
    assert paying.result() == ("paid", "")
    charge = (await bot.get_star_transactions(0, 100)).transactions[-1]
    await bot.refund_star_payment(7_001_001, charge.id)
    await bot.get_updates()


async def _updates(bot: Bot, asha: Person) -> None:
    await bot.send_message(
        7_001_001, "Plans",
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Buy", callback_data="b")]]),
    )  # fmt: skip
    await asha.press(await asha.wait("Plans"), "Buy")
    await asha.say("/image a fox 😀", photo=picture())
    await asha.block()
    await asha.block(blocked=False)
    updates = await bot.get_updates(timeout=0, allowed_updates=[])
    query = next(u.callback_query for u in updates if u.callback_query)
    await query.answer("Thanks", show_alert=True)


def test_every_answer_is_as_the_specification_says(everything: Wire, spec: BotApiSpec) -> None:
    problems = [
        problem
        for exchange in everything.exchanges
        for problem in spec.judge_result(exchange.method, exchange.answer["result"])
    ]
    assert problems == []


def test_every_request_is_as_the_specification_says(everything: Wire, spec: BotApiSpec) -> None:
    problems = [
        problem
        for exchange in everything.exchanges
        for problem in spec.judge_request(exchange.method, exchange.parameters)
        if "InputFile" not in problem and not _in_the_body(problem)
    ]
    assert problems == []


def _in_the_body(problem: str) -> bool:
    """A file travels beside the parameters, so its parameter looks as if it was missing."""
    return problem.endswith(
        tuple(f": {kind} is missing" for kind in ("photo", "video", "animation", "document"))
    )


def test_every_listed_method_was_called(everything: Wire) -> None:
    assert {exchange.method for exchange in everything.exchanges} == set(PARAMETERS)


async def test_nothing_the_library_sends_is_unknown_here(
    everything: Wire, client: SandboxClient
) -> None:
    assert everything.exchanges
    assert await client.faults() == []


@pytest.mark.parametrize("method", PARAMETERS)
def test_the_table_of_methods_is_the_specifications(method: str, spec: BotApiSpec) -> None:
    fields = spec.methods[method].get("fields", [])
    assert PARAMETERS[method] == {field["name"] for field in fields}
    assert REQUIRED[method] == {field["name"] for field in fields if field["required"]}
