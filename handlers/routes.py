"""Which words and buttons lead to which use-case; the only list of what the bot can do."""

from functools import partial

from chat.model import ButtonPress, CommandCall, Reply
from chat.router import Router
from handlers import admin, buy, confirmations, image, link, picture, session, start, unlink
from handlers.errors import explain
from handlers.services import Services


def build_router(services: Services) -> Router:
    """Bind every command and button to its use-case."""
    router = Router(explain, services.admins)

    async def show_help(call: CommandCall | ButtonPress, _: object) -> Reply:
        return start.help_(router.commands, call.user.language)

    async def show_session(press: ButtonPress, _argument: str) -> Reply:
        return await session.show(services, press)

    async def show_plans(press: ButtonPress, _argument: str) -> Reply:
        return await buy.show_plans(services, press)

    router.command(start.START, partial(start.start, services))
    router.command(image.declaration(services.images), partial(image.image, services))
    router.command(buy.declaration(services.plans.all), partial(buy.buy, services))
    router.command(session.SESSION, partial(session.session, services))
    router.command(link.LINK, partial(link.link, services))
    router.command(unlink.UNLINK, partial(unlink.unlink, services))
    router.command(start.HELP, show_help)
    router.command(admin.ADMIN, partial(admin.admin, services))

    router.button("help", show_help)
    router.button("plans", show_plans)
    router.button("plan", partial(buy.choose_plan, services))
    router.button("check", partial(buy.check_now, services))
    router.button("drop", partial(buy.cancel, services))
    router.button("session", show_session)
    router.button("start", partial(session.start_hour, services))
    router.button("link", partial(link.confirm, services))
    router.button("unlink", partial(unlink.separate, services))
    router.button("cancel", partial(image.cancel, services))
    router.button("again", partial(image.again, services))
    router.button("original", partial(picture.original, services))
    router.button("details", partial(picture.details, services))
    router.button("admin_confirm", partial(confirmations.confirm, services), "admins")
    router.button("admin_drop", partial(confirmations.drop, services), "admins")

    router.plain_text(partial(start.plain_text, services))
    return router
