from dataclasses import replace

import pytest

from billing.business import BusinessSettings
from bot.discord_render import fitting
from chat.model import Reply
from handlers.legal import COMMANDS
from handlers.routes import build_router
from tests.doubles.hub import BUSINESS, Hub, buttons, said


async def page(hub: Hub, name: str) -> Reply:
    reply = await hub.call(name)
    assert reply is not None
    return reply


async def test_every_page_opens_with_its_title_and_leads_to_the_web(hub: Hub) -> None:
    for name in COMMANDS:
        reply = await page(hub, name)

        assert reply.text.spans[0].style == "bold"
        (button,) = buttons(reply)
        assert button.url == f"https://hub.example/{name}?lang=en"


@pytest.mark.parametrize("language", ["en", "hi"])
async def test_every_page_fits_one_message_on_every_platform(hub: Hub, language: str) -> None:
    hub.language = language
    hub.router = build_router(replace(hub.services, draws_elsewhere=True))
    for name in COMMANDS:
        words = (await page(hub, name)).text
        assert fitting(words) == words


async def test_the_pages_name_who_sells_and_who_answers_complaints(hub: Hub) -> None:
    contact, grievance = said(await page(hub, "contact")), said(await page(hub, "grievance"))

    for fact in (BUSINESS.name, BUSINESS.address, BUSINESS.email, BUSINESS.phone):
        assert fact in contact
    assert BUSINESS.grievance_officer in grievance
    assert "48 hours" in grievance
    assert "GSTIN" not in contact
    assert f"courts of {BUSINESS.state}" in said(await page(hub, "terms"))
    assert f"within {hub.services.keep_days} days" in said(await page(hub, "refunds"))


async def test_an_operator_who_filled_in_nothing_promises_nothing_in_a_strangers_name(
    hub: Hub,
) -> None:
    services = replace(
        hub.services, business=BusinessSettings(), links=replace(hub.services.links, public_url="")
    )
    hub.router = build_router(services)

    assert "not published" in said(await page(hub, "contact"))
    for name in COMMANDS:
        reply = await page(hub, name)
        assert reply.buttons == ()
        assert "  " not in said(reply)
        assert "In force" not in said(reply)


async def test_plans_and_welcome_name_the_small_print(hub: Hub) -> None:
    assert "/terms · /refunds" in said(await hub.call("buy"))
    assert "/terms · /privacy · /contact" in said(await hub.call("start"))


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_people_are_told_when_their_words_may_leave_the_machine(
    hub: Hub, *, elsewhere: bool
) -> None:
    hub.router = build_router(replace(hub.services, draws_elsewhere=elsewhere))

    assert ("other servers" in said(await page(hub, "privacy"))) is elsewhere
