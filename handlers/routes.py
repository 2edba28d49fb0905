"""Which words and buttons lead to which use-case; the only list of what the bot can do."""

from functools import partial

from chat.commands import MenuItem
from chat.model import ButtonPress, CommandCall, Reply
from chat.router import Router
from handlers import (
    admin,
    buy,
    confirmations,
    coupons,
    edit,
    gallery,
    gifts,
    image,
    legal,
    link,
    offering,
    owed,
    paysupport,
    picture,
    price_list,
    qr,
    receipt,
    reword,
    session,
    standstill,
    stars,
    start,
    states,
    suspense,
    template,
    topup,
    trial,
    unlink,
    video,
)
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
        return await price_list.show_plans(services, press)

    router.command(start.START, partial(start.start, services))
    _bind_pictures(router, services)
    _bind_shop(router, services)
    router.command(session.SESSION, partial(session.session, services))
    router.command(link.LINK, partial(link.link, services))
    router.command(unlink.UNLINK, partial(unlink.unlink, services))
    router.command(start.HELP, show_help)
    if services.business.gstin:
        router.command(states.STATE, partial(states.state, services))
    for page, declaration in legal.COMMANDS.items():
        router.command(declaration, partial(legal.show, services, page))
    router.command(admin.ADMIN, partial(admin.admin, services))

    router.button("help", show_help)
    router.button("plans", show_plans)
    router.button("home", partial(buy.choose_state, services))
    router.button("homes", partial(states.turn_page, services))
    router.button("session", show_session)
    router.button("receipt", partial(receipt.of_order, services))
    router.button("start", partial(session.start_hour, services))
    router.button("link", partial(link.confirm, services))
    router.button("unlink", partial(unlink.separate, services))
    router.button("admin_confirm", partial(confirmations.confirm, services), "admins")
    router.button("honour", partial(suspense.ask_honour, services), "admins")
    router.button("send_back", partial(confirmations.ask_send_back, services), "admins")
    router.button("admin_drop", partial(confirmations.drop, services), "admins")

    router.afterwards(partial(owed.pay_up, services))
    router.plain_text(partial(start.plain_text, services))
    return router


def _bind_shop(router: Router, services: Services) -> None:
    router.command(buy.declaration(services.plans.all), partial(buy.buy, services))
    if services.hours.settings.trial_plan:
        router.command(trial.TRIAL, partial(trial.trial, services))
    if services.topups.units:
        router.command(topup.declaration(services.topups.units), partial(topup.topup, services))
    router.command(gifts.CLAIM, partial(gifts.claim, services))
    router.command(receipt.RECEIPT, partial(receipt.receipt, services))
    router.command(paysupport.PAYSUPPORT, partial(paysupport.paysupport, services))

    router.form(
        coupons.VERB, partial(coupons.ask, services), partial(price_list.enter_coupon, services)
    )
    router.button("gift", partial(price_list.as_gift, services))
    router.button("topups", partial(topup.show, services))
    router.button("topup", partial(topup.choose, services))
    router.button("stars", partial(stars.pay_in_stars, services))
    router.payments(partial(stars.may_pay, services), partial(stars.charged, services))
    router.button("plan", partial(buy.choose_plan, services))
    router.button("check", partial(buy.check_now, services))
    router.button("drop", partial(buy.cancel, services))
    router.button("qr", partial(qr.show_qr, services))
    router.button("money_back", partial(standstill.ask, services))
    router.button("money_back_now", partial(standstill.pay_back, services))
    router.button("money_back_wait", partial(standstill.wait, services))


def _bind_pictures(router: Router, services: Services) -> None:
    router.command(image.declaration(services.images), partial(image.image, services))
    router.command(edit.declaration(services.images), partial(edit.edit, services))
    _bind_videos(router, services)
    router.command(
        gallery.PICTURES, partial(gallery.pictures, services), partial(gallery.suggest, services)
    )

    router.button("cancel", partial(image.cancel, services))
    router.button("again", partial(image.again, services))
    router.button("vary", partial(edit.vary, services))
    router.form(reword.VERB, partial(reword.ask, services), partial(reword.draw, services))
    if services.images.templates:
        router.command(template.TEMPLATES, partial(template.templates, services))
    router.form(template.VERB, partial(template.ask, services), partial(template.draw, services))
    router.button("show", partial(gallery.show, services))
    router.button("original", partial(picture.original, services))
    router.button("details", partial(picture.details, services))

    edit_image = MenuItem("reword", {"en": "Edit image", "hi": "तस्वीर बदलें"}, opens_form=True)
    router.menu(edit_image, partial(reword.ask, services))
    variations = MenuItem("vary", {"en": "Variations", "hi": "मिलती-जुलती तस्वीर"})
    router.menu(variations, partial(edit.vary, services))


def _bind_videos(router: Router, services: Services) -> None:
    command = video.declaration(
        services.images, services.videos, is_offered=services.engine.animates
    )
    router.command(command, partial(video.video, services), partial(gallery.suggest, services))
    router.button("animate", partial(video.animate, services))
    router.button("video_again", partial(video.again, services))
    router.button("video_start", partial(offering.start, services))
    router.button("video_drop", partial(offering.drop, services))
    if services.engine.animates:
        animate = MenuItem("animate", {"en": "Animate", "hi": "वीडियो बनाएँ"})
        router.menu(animate, partial(video.animate, services))
