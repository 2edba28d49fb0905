"""Errors to sentences: the only place where an exception becomes something a person reads."""

import logging
import secrets

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
from chat.model import Incoming, Reply
from engine.errors import BadRequestError, CannotAnimateError, CannotDrawOverError
from handlers.accepting import QueueFullError, TooManyJobsError
from handlers.asking import UnknownTargetError
from handlers.blocklist import PromptBlockedError
from handlers.confirmations import RefundedBeforeError, StarsGoBackWholeError, TooMuchError
from handlers.edit import NoHolesError
from handlers.link import (
    AlreadyLinkedError,
    LinkedElsewhereError,
    NothingToLinkError,
    SamePlatformError,
    WrongCodeError,
)
from handlers.people import NotFoundError, NotYoursError
from handlers.refusals import OF_THE_SHOP, Sentence, reply, toast
from handlers.texts import texts
from handlers.texts.english import English
from handlers.unlink import NotLinkedError
from handlers.uploads import UnreadablePictureError
from store.errors import MediaMissingError, StoreUnavailableError

log = logging.getLogger(__name__)


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


def _option(error: Exception, words: English) -> Reply:
    match error:
        case UnknownOptionError():
            said = words.unknown_option(error.option, error.known)
        case MissingOptionError(option="prompt", command="video"):
            said = words.missing_scene()
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


def _too_many_jobs(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooManyJobsError)
    return Reply(words.too_many_jobs(error.limit), private=True)


def _queue_full(error: Exception, words: English) -> Reply:
    assert isinstance(error, QueueFullError)
    return Reply(words.queue_full(error.waiting), private=True)


def _prompt_blocked(error: Exception, words: English) -> Reply:
    assert isinstance(error, PromptBlockedError)
    return Reply(words.prompt_blocked(error.entry), private=True)


def _unknown_target(error: Exception, words: English) -> Reply:
    assert isinstance(error, UnknownTargetError)
    return Reply(words.admin_unknown(error.target), private=True)


def _too_much(error: Exception, words: English) -> Reply:
    assert isinstance(error, TooMuchError)
    return Reply(words.admin_not_refundable(error.left, error.currency), private=True)


def _refunded_before(error: Exception, words: English) -> Reply:
    assert isinstance(error, RefundedBeforeError)
    return Reply(words.admin_refunded_before(error.refund_id), private=True)


def _store_unavailable(error: Exception, words: English) -> Reply:
    log.error("nothing can be stored", exc_info=error)
    return Reply(words.store_unavailable(), private=True)


SENTENCES: dict[type[BaseException], Sentence] = {
    **OF_THE_SHOP,
    UnknownCommandError: _unknown_command,
    UnknownOptionError: _option,
    MissingOptionError: _option,
    BadValueError: _option,
    MissingPictureError: reply(lambda words: words.missing_picture()),
    NotOnThisMessageError: reply(lambda words: words.not_on_this_message()),
    PictureGoneError: reply(lambda words: words.picture_gone()),
    NoHolesError: reply(lambda words: words.no_holes()),
    UnreadablePictureError: reply(lambda words: words.picture_unreadable()),
    TryLaterError: reply(lambda words: words.picture_gone()),
    TooManyJobsError: _too_many_jobs,
    QueueFullError: _queue_full,
    PromptBlockedError: _prompt_blocked,
    NothingToLinkError: reply(lambda words: words.nothing_to_link()),
    AlreadyLinkedError: reply(lambda words: words.already_linked()),
    SamePlatformError: reply(lambda words: words.same_platform()),
    LinkedElsewhereError: reply(lambda words: words.linked_elsewhere()),
    WrongCodeError: reply(lambda words: words.wrong_code()),
    NotLinkedError: reply(lambda words: words.not_linked()),
    UnknownTargetError: _unknown_target,
    TooMuchError: _too_much,
    StarsGoBackWholeError: reply(lambda words: words.stars_go_back_whole()),
    RefundedBeforeError: _refunded_before,
    StaleButtonError: toast(lambda words: words.stale_button()),
    NotYoursError: toast(lambda words: words.not_yours()),
    NotFoundError: toast(lambda words: words.not_found()),
    MediaMissingError: toast(lambda words: words.not_found()),
    BadRequestError: reply(lambda words: words.bad_request()),
    CannotAnimateError: reply(lambda words: words.no_videos()),
    CannotDrawOverError: reply(lambda words: words.no_edits()),
    CannotAnswerHereError: reply(lambda words: words.cannot_answer_here()),
    StoreUnavailableError: _store_unavailable,
}
