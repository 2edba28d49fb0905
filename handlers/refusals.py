"""What the shop refuses, and why: its part of the sentences of `handlers.errors`."""

from collections.abc import Callable

from billing.errors import (
    AccountHeldError,
    CouponRefusedError,
    GatewayRestingError,
    GiftRefusedError,
    InsufficientCreditsError,
    NoHourError,
    NothingToStartError,
    NotHonourableError,
    NotPayableError,
    NotSoldForStarsError,
    NotToppedUpError,
    TooManyOrdersError,
    UnknownCouponError,
    UnknownGiftError,
    UnknownOrderError,
    UnknownPlanError,
    VideoTooLongError,
)
from chat.model import Button, Reply
from chat.text import Text
from handlers.accepting import NotEnoughForAllError
from handlers.admin_coupons import CouponExistsError
from handlers.codes import TooManyCodesError
from handlers.paying import PaymentsOffError
from handlers.receipt import NoReceiptError
from handlers.texts.english import English
from handlers.trial import TrialUsedError

Sentence = Callable[[Exception, English], Reply]


def reply(say: Callable[[English], Text]) -> Sentence:
    """A sentence about nothing but itself, for whom it concerns."""
    return lambda _error, words: Reply(say(words), private=True)


def toast(say: Callable[[English], Text]) -> Sentence:
    """The same as a short notice."""
    return lambda _error, words: Reply(say(words), toast=True)


def plans_row(words: English) -> tuple[Button, ...]:
    """The way to another hour."""
    return (Button(words.show_plans, press="v1:plans:"),)


def _unknown_plan(error: Exception, words: English) -> Reply:
    assert isinstance(error, UnknownPlanError)
    return Reply(words.bad_value("plan", error.known), private=True)


def _video_too_long(error: Exception, words: English) -> Reply:
    assert isinstance(error, VideoTooLongError)
    return Reply(words.video_too_long(error.longest), private=True)


def _coupon(error: Exception, words: English) -> Reply:
    match error:
        case UnknownCouponError():
            said = words.coupon_unknown(error.typed)
        case CouponRefusedError():
            said = words.coupon_refused(error.code, error.why)
        case _:
            assert isinstance(error, CouponExistsError)
            said = words.admin_coupon_exists(error.code)
    return Reply(said, private=True)


def _gift(error: Exception, words: English) -> Reply:
    if isinstance(error, GiftRefusedError):
        return Reply(words.gift_refused(error.why), private=True)
    assert isinstance(error, UnknownGiftError)
    return Reply(words.gift_unknown(error.typed), private=True)


def _too_many_orders(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooManyOrdersError)
    return Reply(words.too_many_orders(error.wait_s), private=True)


def _gateway_resting(error: Exception, words: English) -> Reply:
    assert isinstance(error, GatewayRestingError)
    return Reply(words.gateway_resting(round(error.rest_s)), private=True)


def _too_many_codes(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooManyCodesError)
    return Reply(words.too_many_codes(error.wait_s), private=True)


def _nothing_to_start(error: Exception, words: English) -> Reply:
    assert isinstance(error, NothingToStartError)
    said = words.nothing_to_start(is_running=error.running is not None)
    return Reply(said, toast=True)


def _no_hour(_error: Exception, words: English) -> Reply:
    buttons = ((Button(words.buy_more, press="v1:plans:"),),)
    return Reply(words.no_hour(), buttons, private=True)


def _account_held(error: Exception, words: English) -> Reply:
    assert isinstance(error, AccountHeldError)
    return Reply(words.account_held(error.payment_id), private=True)


def _trial_used(_error: Exception, words: English) -> Reply:
    return Reply(words.trial_used(), (plans_row(words),), private=True)


def _credits_spent(error: Exception, words: English) -> Reply:
    assert isinstance(error, InsufficientCreditsError)
    buttons: list[tuple[Button, ...]] = []
    if error.next_hour:
        buttons.append((Button(words.next_hour, press=f"v1:start:{error.next_hour.id}"),))
    if error.topup:
        buttons.append((Button(words.top_up, press=f"v1:topups:{error.topup}"),))
    if plan := error.upgrade:
        label = words.upgrade(plan.name)
        buttons.append((Button(label, press=f"v1:plan:{plan.id}"),))
    buttons.append(plans_row(words))
    said = words.credits_spent(error.unit, error.limit)
    return Reply(said, tuple(buttons), private=True)


def _not_enough_for_all(error: Exception, words: English) -> Reply:
    assert isinstance(error, NotEnoughForAllError)
    said = words.not_enough_for_all(error.count, error.possible)
    return Reply(said, (plans_row(words),), private=True)


OF_THE_SHOP: dict[type[BaseException], Sentence] = {
    AccountHeldError: _account_held,
    UnknownPlanError: _unknown_plan,
    VideoTooLongError: _video_too_long,
    UnknownCouponError: _coupon,
    CouponRefusedError: _coupon,
    CouponExistsError: _coupon,
    UnknownGiftError: _gift,
    GiftRefusedError: _gift,
    NotEnoughForAllError: _not_enough_for_all,
    NoHourError: _no_hour,
    InsufficientCreditsError: _credits_spent,
    TooManyCodesError: _too_many_codes,
    NotHonourableError: reply(lambda words: words.admin_not_honourable()),
    UnknownOrderError: toast(lambda words: words.not_yours()),
    TooManyOrdersError: _too_many_orders,
    GatewayRestingError: _gateway_resting,
    NotPayableError: toast(lambda words: words.not_payable()),
    NothingToStartError: _nothing_to_start,
    NoReceiptError: reply(lambda words: words.no_receipt()),
    TrialUsedError: _trial_used,
    NotToppedUpError: reply(lambda words: words.not_topped_up()),
    NotSoldForStarsError: reply(lambda words: words.not_sold_for_stars()),
    PaymentsOffError: reply(lambda words: words.payments_off()),
}
