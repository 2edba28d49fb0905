"""Errors to sentences: the only place where an exception becomes something a person reads."""

import logging
import secrets
from collections.abc import Callable

from billing.errors import (
    GatewayRestingError,
    InsufficientCreditsError,
    NoHourError,
    NothingToStartError,
    NotHonourableError,
    NotPayableError,
    TooManyOrdersError,
    UnknownOrderError,
    UnknownPlanError,
)
from chat.errors import (
    BadValueError,
    CannotAnswerHereError,
    MissingOptionError,
    MissingPictureError,
    NotOnThisMessageError,
    PictureGoneError,
    StaleButtonError,
    TryLaterError,
    UnknownCommandError,
    UnknownOptionError,
)
from chat.model import Button, Incoming, Reply
from chat.text import Text
from engine.errors import BadRequestError
from handlers.accepting import NotEnoughForAllError, TooManyJobsError
from handlers.asking import UnknownTargetError
from handlers.blocklist import PromptBlockedError
from handlers.buy import PaymentsOffError
from handlers.confirmations import RefundedBeforeError, TooMuchError
from handlers.link import (
    AlreadyLinkedError,
    LinkedElsewhereError,
    NothingToLinkError,
    SamePlatformError,
    TooManyCodesError,
    WrongCodeError,
)
from handlers.people import NotFoundError, NotYoursError
from handlers.receipt import NoReceiptError
from handlers.texts import texts
from handlers.texts.english import English
from handlers.trial import TrialUsedError
from handlers.unlink import NotLinkedError
from handlers.uploads import UnreadablePictureError
from store.errors import MediaMissingError, StoreUnavailableError

log = logging.getLogger(__name__)

Sentence = Callable[[Exception, English], Reply]


def explain(error: Exception, incoming: Incoming) -> Reply:
    """Say what happened, whether anything was charged, and what to do next.

    An error that has no sentence is a bug: it is logged with an incident number, and the person
    gets the number.
    """
    words = texts(incoming.user.language)
    for kind in type(error).__mro__:
        if kind in SENTENCES:
            return SENTENCES[kind](error, words)
    incident = secrets.token_hex(4)
    log.error("incident %s", incident, exc_info=error)
    return Reply(words.unexpected(incident), private=True)


def _reply(say: Callable[[English], Text]) -> Sentence:
    return lambda _error, words: Reply(say(words), private=True)


def _toast(say: Callable[[English], Text]) -> Sentence:
    return lambda _error, words: Reply(say(words), toast=True)


def _option(error: Exception, words: English) -> Reply:
    match error:
        case UnknownOptionError():
            said = words.unknown_option(error.option, error.known)
        case MissingOptionError(option="prompt"):
            said = words.missing_prompt()
        case MissingOptionError():
            said = words.missing_option(error.command, error.option)
        case BadValueError(option="prompt" | "no"):
            said = words.too_long(error.option, ", ".join(error.allowed))
        case BadValueError():
            said = words.bad_value(error.option, error.allowed)
        case _:
            raise AssertionError(error)
    return Reply(said, private=True)


def _unknown_command(error: Exception, words: English) -> Reply:
    assert isinstance(error, UnknownCommandError)
    return Reply(words.unknown_command(error.name), private=True)


def _unknown_plan(error: Exception, words: English) -> Reply:
    assert isinstance(error, UnknownPlanError)
    return Reply(words.bad_value("plan", error.known), private=True)


def _too_many_jobs(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooManyJobsError)
    return Reply(words.too_many_jobs(error.limit), private=True)


def _prompt_blocked(error: Exception, words: English) -> Reply:
    assert isinstance(error, PromptBlockedError)
    return Reply(words.prompt_blocked(error.entry), private=True)


def _not_enough_for_all(error: Exception, words: English) -> Reply:
    assert isinstance(error, NotEnoughForAllError)
    said = words.not_enough_for_all(error.count, error.possible)
    return Reply(said, (_plans(words),), private=True)


def _too_many_codes(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooManyCodesError)
    return Reply(words.too_many_codes(error.wait_s), private=True)


def _too_many_orders(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooManyOrdersError)
    return Reply(words.too_many_orders(error.wait_s), private=True)


def _gateway_resting(error: Exception, words: English) -> Reply:
    assert isinstance(error, GatewayRestingError)
    return Reply(words.gateway_resting(round(error.rest_s)), private=True)


def _unknown_target(error: Exception, words: English) -> Reply:
    assert isinstance(error, UnknownTargetError)
    return Reply(words.admin_unknown(error.target), private=True)


def _too_much(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooMuchError)
    return Reply(words.admin_not_refundable(error.left), private=True)


def _refunded_before(error: Exception, words: English) -> Reply:
    assert isinstance(error, RefundedBeforeError)
    return Reply(words.admin_refunded_before(error.refund_id), private=True)


def _nothing_to_start(error: Exception, words: English) -> Reply:
    assert isinstance(error, NothingToStartError)
    said = words.nothing_to_start(is_running=error.running is not None)
    return Reply(said, toast=True)


def _store_unavailable(error: Exception, words: English) -> Reply:
    log.error("nothing can be stored", exc_info=error)
    return Reply(words.store_unavailable(), private=True)


def _no_hour(_error: Exception, words: English) -> Reply:
    buttons = ((Button(words.buy_more, press="v1:plans:"),),)
    return Reply(words.no_hour(), buttons, private=True)


def _trial_used(_error: Exception, words: English) -> Reply:
    return Reply(words.trial_used(), (_plans(words),), private=True)


def _credits_spent(error: Exception, words: English) -> Reply:
    assert isinstance(error, InsufficientCreditsError)
    buttons: list[tuple[Button, ...]] = []
    if error.next_hour:
        buttons.append((Button(words.next_hour, press=f"v1:start:{error.next_hour.id}"),))
    if plan := error.upgrade:
        label = words.upgrade(plan.name, plan.price_paise)
        buttons.append((Button(label, press=f"v1:plan:{plan.id}"),))
    buttons.append(_plans(words))
    said = words.credits_spent(error.unit, error.limit)
    return Reply(said, tuple(buttons), private=True)


def _plans(words: English) -> tuple[Button, ...]:
    return (Button(words.show_plans, press="v1:plans:"),)


SENTENCES: dict[type[BaseException], Sentence] = {
    UnknownCommandError: _unknown_command,
    UnknownOptionError: _option,
    MissingOptionError: _option,
    BadValueError: _option,
    MissingPictureError: _reply(lambda words: words.missing_picture()),
    NotOnThisMessageError: _reply(lambda words: words.not_on_this_message()),
    PictureGoneError: _reply(lambda words: words.picture_gone()),
    UnreadablePictureError: _reply(lambda words: words.picture_unreadable()),
    TryLaterError: _reply(lambda words: words.picture_gone()),
    UnknownPlanError: _unknown_plan,
    NotEnoughForAllError: _not_enough_for_all,
    TooManyJobsError: _too_many_jobs,
    PromptBlockedError: _prompt_blocked,
    NoHourError: _no_hour,
    InsufficientCreditsError: _credits_spent,
    NothingToLinkError: _reply(lambda words: words.nothing_to_link()),
    AlreadyLinkedError: _reply(lambda words: words.already_linked()),
    SamePlatformError: _reply(lambda words: words.same_platform()),
    LinkedElsewhereError: _reply(lambda words: words.linked_elsewhere()),
    WrongCodeError: _reply(lambda words: words.wrong_code()),
    TooManyCodesError: _too_many_codes,
    NotLinkedError: _reply(lambda words: words.not_linked()),
    UnknownTargetError: _unknown_target,
    TooMuchError: _too_much,
    RefundedBeforeError: _refunded_before,
    NotHonourableError: _reply(lambda words: words.admin_not_honourable()),
    StaleButtonError: _toast(lambda words: words.stale_button()),
    NotYoursError: _toast(lambda words: words.not_yours()),
    UnknownOrderError: _toast(lambda words: words.not_yours()),
    TooManyOrdersError: _too_many_orders,
    GatewayRestingError: _gateway_resting,
    NotPayableError: _toast(lambda words: words.not_payable()),
    NotFoundError: _toast(lambda words: words.not_found()),
    MediaMissingError: _toast(lambda words: words.not_found()),
    NothingToStartError: _nothing_to_start,
    BadRequestError: _reply(lambda words: words.bad_request()),
    NoReceiptError: _reply(lambda words: words.no_receipt()),
    TrialUsedError: _trial_used,
    PaymentsOffError: _reply(lambda words: words.payments_off()),
    CannotAnswerHereError: _reply(lambda words: words.cannot_answer_here()),
    StoreUnavailableError: _store_unavailable,
}
