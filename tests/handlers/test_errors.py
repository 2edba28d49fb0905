import logging

import pytest

import billing.errors
import chat.errors
import engine.errors
import store.errors
from chat.model import Address, CommandCall, PlainText, Reply, UserRef
from handlers import (
    accepting,
    admin_coupons,
    asking,
    blocklist,
    codes,
    confirmations,
    edit,
    link,
    paying,
    people,
    receipt,
    trial,
    unlink,
    uploads,
)
from handlers.errors import SENTENCES, explain
from store.hours import Hour
from tests.doubles.hub import PRO, Hub, presses, said

CALL = CommandCall(
    "1", UserRef("telegram", "1", "Asha"), Address("telegram", "1", private=True), "image"
)
ROOTS = (
    chat.errors.ChatError,
    billing.errors.BillingError,
    engine.errors.EngineError,
    store.errors.StoreError,
)
FAMILIES = {
    chat.errors.ChatError,
    chat.errors.NotUnderstoodError,
    billing.errors.BillingError,
    billing.errors.UnknownCodeError,
    engine.errors.EngineError,
    store.errors.StoreError,
}
"""Never raised themselves."""
NOBODY_MEETS = {
    chat.errors.DeliveryError: "met by delivery, which has nobody to tell",
    chat.errors.TokenRejectedError: "met at the start, by the operator",
    billing.errors.GatewayError: "met by durable work, which tries again; the card tells",
    billing.errors.LedgerError: "a reservation looks before it takes; else a bug with a number",
    billing.errors.NotRefundableError: "a refund is looked at before it is asked for",
    engine.errors.BackendError: "met while drawing: the job's card tells",
    engine.errors.NoBackendError: "met while drawing: the job's card tells",
    engine.errors.EngineBusyError: "met while drawing: the job's card tells",
    engine.errors.EngineClosedError: "met while drawing: the next start draws",
    engine.errors.EngineCrashedError: "met while drawing: the job's card tells",
    engine.errors.GenerationFailedError: "met while drawing: the job's card tells",
    engine.errors.JobCancelledError: "met while drawing: the job's card tells",
    engine.errors.ModelMissingError: "met while drawing: the job's card tells",
    store.errors.DatabaseInUseError: "met at the start, by the operator",
    store.errors.UnsupportedDatabaseError: "met at the start, by the operator",
}

HOUR = Hour("h1", 1, "o1", 1, "flash", "active", 1, 8, 1, 3600, 1, 2)


def family(root: type[Exception]) -> list[type[Exception]]:
    return [root, *(kind for child in root.__subclasses__() for kind in family(child))]


@pytest.mark.parametrize("root", ROOTS)
def test_every_error_that_a_person_can_meet_has_a_sentence(root: type[Exception]) -> None:
    silent = {
        kind.__name__
        for kind in family(root)
        if kind not in FAMILIES
        and not issubclass(kind, tuple(NOBODY_MEETS))
        and not any(parent in SENTENCES for parent in kind.__mro__)
    }

    assert silent == set()


def errors() -> list[Exception]:
    return [
        chat.errors.UnknownCommandError("draw"),
        chat.errors.UnknownOptionError("size", ("style", "shape")),
        chat.errors.UnknownOptionError("size", ()),
        chat.errors.MissingOptionError("image", "prompt"),
        chat.errors.MissingOptionError("buy", "plan"),
        chat.errors.BadValueError("prompt", "x" * 5000, ("≤ 1000",)),
        chat.errors.BadValueError("style", "x", ("anime",)),
        chat.errors.StaleButtonError("v0:x"),
        chat.errors.MissingPictureError("edit"),
        chat.errors.NotOnThisMessageError("vary"),
        chat.errors.PictureGoneError(),
        chat.errors.TryLaterError(1.0),
        uploads.UnreadablePictureError(),
        edit.NoHolesError(),
        chat.errors.CannotAnswerHereError(),
        billing.errors.UnknownPlanError("gold", ("flash",)),
        billing.errors.UnknownOrderError("ord_0"),
        billing.errors.NoHourError(),
        billing.errors.NotHonourableError("pay_0"),
        billing.errors.NotPayableError("ord_0"),
        billing.errors.AccountHeldError("pay_1"),
        billing.errors.TooManyOrdersError(61),
        billing.errors.GatewayRestingError(14.2),
        billing.errors.NothingToStartError(None),
        billing.errors.NothingToStartError(HOUR),
        billing.errors.InsufficientCreditsError("image", 1, 0, 8, "flash", PRO, HOUR),
        billing.errors.InsufficientCreditsError("image", 1, 0, 15, "pro", None, None),
        billing.errors.InsufficientCreditsError("video", 1, 0, 0, "flash", PRO, None),
        billing.errors.InsufficientCreditsError("token", 1, 0, 500_000, "flash", None, None),
        engine.errors.BadRequestError("prompt", "is too long"),
        engine.errors.CannotAnimateError(),
        engine.errors.CannotDrawOverError(),
        billing.errors.VideoTooLongError(6, 5),
        chat.errors.MissingOptionError("video", "prompt"),
        store.errors.StoreUnavailableError("disk full"),
        store.errors.MediaMissingError("1/job.png"),
        paying.PaymentsOffError(),
        receipt.NoReceiptError(),
        accepting.TooManyJobsError(3),
        accepting.QueueFullError(500),
        accepting.NotEnoughForAllError(4, 2),
        blocklist.PromptBlockedError("gore"),
        asking.UnknownTargetError("pay_0"),
        confirmations.TooMuchError(4_000, "INR"),
        confirmations.StarsGoBackWholeError(),
        confirmations.RefundedBeforeError("rfd_0"),
        people.NotYoursError(),
        people.NotFoundError(),
        LookupError("a bug"),
        link.NothingToLinkError(),
        link.AlreadyLinkedError(),
        link.SamePlatformError(),
        link.LinkedElsewhereError(),
        link.WrongCodeError(),
        codes.TooManyCodesError(61),
        billing.errors.UnknownCouponError("DIWALI"),
        billing.errors.NotSoldForStarsError("flash"),
        billing.errors.NotToppedUpError("video"),
        billing.errors.UnknownGiftError("7K2M9"),
        billing.errors.GiftRefusedError("claimed"),
        billing.errors.CouponRefusedError("DIWALI", "had"),
        admin_coupons.CouponExistsError("DIWALI"),
        unlink.NotLinkedError(),
        trial.TrialUsedError(),
    ]


NOTHING_HAPPENED = {
    "en": ("Nothing was charged", "Nothing was changed"),
    "hi": ("कुछ नहीं कटा", "कुछ नहीं बदला"),
}
"""What customers are told, and what admins are."""


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("error", errors(), ids=lambda error: type(error).__name__)
def test_every_sentence_says_that_nothing_happened_and_is_short(
    error: Exception, language: str
) -> None:
    user = UserRef("telegram", "1", "Asha", language)
    reply = explain(error, CommandCall("1", user, CALL.address, "image"))

    assert any(words in said(reply) for words in NOTHING_HAPPENED[language])
    assert len(said(reply)) <= (200 if reply.toast else 300)
    assert reply.private or reply.toast


def test_every_error_with_a_sentence_is_tried_here() -> None:
    assert set(SENTENCES) <= {type(error) for error in errors()}


def test_an_unknown_error_is_logged_with_the_number_that_the_person_gets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        words = said(explain(LookupError("a bug"), CALL))

    number = words.rpartition(" ")[2]
    assert f"incident {number}" in caplog.text
    assert "a bug" in caplog.text
    assert "a bug" not in words


def test_spent_credits_without_a_better_plan_still_lead_to_the_plans() -> None:
    error = billing.errors.InsufficientCreditsError("image", 1, 0, 15, "pro", None, None)

    assert presses(explain(error, CALL)) == ["v1:plans:"]


async def test_a_bug_in_a_handler_is_answered(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object) -> Reply:
        raise LookupError("a bug")

    monkeypatch.setattr(hub.router, "_plain_text", broken)
    who = UserRef("telegram", "1", "Asha")
    reply = await hub.router.dispatch(PlainText("1", who, CALL.address, "hello"))

    assert "Something went wrong" in said(reply)


@pytest.mark.parametrize(
    "data", ["", "v1", "v1:", "v0:plan:flash", "v1:nothing:", "\x00", "💥" * 9]
)
async def test_a_button_that_nobody_understands_is_answered(hub: Hub, data: str) -> None:
    reply = await hub.press(data)

    assert reply is not None
    assert reply.toast
    assert "Nothing was charged" in said(reply)


@pytest.mark.parametrize("name", ["draw", "", "images", "अ", "x" * 32])
async def test_a_command_that_nobody_knows_is_answered(hub: Hub, name: str) -> None:
    assert "Nothing was charged; /help" in said(await hub.call(name))
