import inspect
import re
from typing import Any

import pytest

from chat.text import Text, text
from handlers.texts import LANGUAGES, texts
from handlers.texts.english import English
from handlers.texts.hindi import Hindi
from tests.doubles.hub import BUSINESS, LITE

ARGUMENTS: dict[str, Any] = {
    "ahead": 2,
    "waiting": 500,
    "began_at": 1_800_000_000,
    "begun": 1,
    "ended_at": 1_800_003_600,
    "spent": 2,
    "unspent": 3,
    "broken": 2,
    "business": BUSINESS,
    "checks": 9,
    "allowed": ("anime", "1–50"),
    "command": "image",
    "commands": [("image", "तस्वीर")],
    "count": 2,
    "coupon": "DIWALI",
    "currency": "INR",
    "counts": [("Pro", 2)],
    "days": 90,
    "done": 1,
    "taken": 2,
    "missing": 1,
    "possible": 2,
    "ends_at": 1_800_000_000,
    "drawn": 5,
    "elsewhere": True,
    "entry": "gore",
    "eta_s": 9,
    "failed": 1,
    "facts": [("seed", "7"), ("duration", "1.2")],
    "has_link": True,
    "here": "Discord · Ravi",
    "hours": 3,
    "images": 8,
    "incident": "ab12",
    "is_over": True,
    "is_ready": True,
    "is_running": True,
    "holds": True,
    "outcome": "lost",
    "hour": "can_start",
    "item": "Flash · 1 hour",
    "keep_days": 30,
    "known": ("style", "shape"),
    "left": 4,
    "length": "≤ 1000",
    "limit": 1234,
    "listed": [text("Flash Lite")],
    "mine": text("8 / 8"),
    "moment": 1_800_000_000,
    "name": "Pro",
    "names": "Telegram · Ravi",
    "negative": "frames",
    "off": "20%",
    "option": "seed",
    "others": "Telegram · Ravi",
    "order": "ord_1",
    "paise": 123_45,
    "amount": "₹100",
    "finding": "missing",
    "respond_by": 1_800_000_000,
    "subject": "pay_1",
    "payment": "pay_1",
    "percent": 25,
    "plan": "Flash",
    "plans": "flash, pro",
    "prompt": "a fox",
    "reason": "कारण",
    "refund": "rfd_1",
    "queued": 3,
    "rest_s": 15,
    "resolution": "512x512",
    "running": 2,
    "searched": "a boat",
    "seconds": 61,
    "seconds_left": 61,
    "seed": 7,
    "stars": 75,
    "state": "Karnataka",
    "status": "expired",
    "blank": "a thing",
    "template": "{a thing} at night",
    "templates": {"night": "{a thing} at night"},
    "tail": "Ab12Cd",
    "target": "telegram:1",
    "terms": "20%",
    "theirs": text("3 / 3"),
    "there": "Telegram · Ravi",
    "tokens": 150_000,
    "trouble": "refused",
    "typed": "K7Q2M-9XD4P",
    "unbegun": 1,
    "unit": "image",
    "until": 1_800_000_000,
    "url": "https://t.me/hub",
    "used": 3,
    "uses_each": 1,
    "uses_max": 100,
    "videos": 2,
    "what": "Flash · ₹100",
    "why": "over",
}
LATIN = re.compile(r"(?<![/\w-])[A-Za-z][A-Za-z_]+")
USED_AS_THEY_ARE = {"UPI", "GPU", "IST", "Razorpay", "seed", "steps", "guidance", "sampler", "id"}
SAME_IN_BOTH = {
    "choose_plan": "a name and a price",
    "job_running": "a bar and a number",
    "order_closed": "the sentences of `closed`",
    "seller": "a name",
}


def names() -> list[str]:
    return [name for name in dir(English) if not name.startswith("_")]


def methods() -> list[str]:
    return [name for name in names() if callable(getattr(English, name))]


def formed(words: English, name: str, **special: Any) -> Text:
    method = getattr(words, name)
    known = {
        parameter: special.get(parameter, ARGUMENTS[parameter])
        for parameter in inspect.signature(method).parameters
    }
    if name in {"job_done", "video_done"}:
        known["facts"] = "512×512"
    return text(method(**known))


def code_of(said: Text) -> set[str]:
    return {span.text for span in said.spans if span.style == "code"}


def numbers_of(said: Text) -> list[str]:
    return sorted(re.findall(r"\d[\d,.:]*\d|\d", said.plain))


def given() -> set[str]:
    return set(LATIN.findall(str(list(ARGUMENTS.values())))) | {"seed"}


@pytest.mark.parametrize("name", [name for name in names() if name not in SAME_IN_BOTH])
def test_nothing_is_left_to_english(name: str) -> None:
    defined = {key for kind in Hindi.__mro__ if "hindi" in kind.__module__ for key in vars(kind)}

    assert name in defined


@pytest.mark.parametrize("name", methods())
def test_every_sentence_can_be_formed_and_keeps_amounts_ids_and_options(name: str) -> None:
    english, hindi = formed(English(), name), formed(Hindi(), name)

    assert code_of(hindi) == code_of(english)
    assert numbers_of(hindi) == numbers_of(english)
    said_in_code = {word for words in code_of(hindi) for word in LATIN.findall(words)}
    assert set(LATIN.findall(hindi.plain)) <= given() | USED_AS_THEY_ARE | said_in_code
    if name not in SAME_IN_BOTH:
        assert re.search("[ऀ-ॿ]", hindi.plain)


@pytest.mark.parametrize(
    ("name", "special"),
    [
        ("credits_spent", {"unit": unit, "limit": limit})
        for unit in ("image", "video", "token")
        for limit in (0, 1, 1234)
    ]
    + [("order_closed", {"status": s}) for s in ("expired", "cancelled", "rejected", "refunded")]
    + [("order_paid", {"hour": hour}) for hour in ("can_start", "must_wait", "started")]
    + [("order_given", {"hour": hour}) for hour in ("must_wait", "started")]
    + [("coupon_terms", {"plans": "", "uses_max": None, "until": ""})]
    + [("gift_refused", {"why": why}) for why in ("claimed", "over", "refunded")]
    + [("gift_received", {"hour": hour}) for hour in ("must_wait", "started")]
    + [("coupon_refused", {"why": why}) for why in ("had", "used_up", "other_plan", "stars")]
    + [("nothing_to_start", {"is_running": False})]
    + [("job_done", {"seconds_left": 0}), ("unknown_option", {"known": ()})]
    + [("album_done", {"seconds_left": 0, "missing": 0})]
    + [("amount", {"unit": unit}) for unit in ("video", "token")]
    + [("video_done", {"seconds_left": 0}), ("video_offer", {"left": 2})]
    + [("job_queued", {"ahead": 0, "eta_s": None}), ("plan_line", {"videos": 0})]
    + [("admin_engine", {"is_ready": False}), ("admin_backend", {"rest_s": 0, "trouble": ""})]
    + [("write_image", {"prompt": "x" * 400}), ("job_facts", {"negative": ""})],
)
def test_the_other_side_of_every_choice_can_be_said_too(name: str, special: dict[str, Any]) -> None:
    english, hindi = (formed(words, name, **special) for words in (English(), Hindi()))

    assert numbers_of(hindi) == numbers_of(english)
    assert re.search("[ऀ-ॿ]", hindi.plain)


@pytest.mark.parametrize(
    "name",
    [
        "closed",
        "coupon_refusals",
        "failures",
        "gift_hours",
        "gift_refusals",
        "fact_names",
        "paid",
        "legal_titles",
        "contact_names",
        "receipt_titles",
        "receipt_names",
        "receipt_notes",
    ],
)
def test_the_tables_have_the_same_keys(name: str) -> None:
    assert set(getattr(Hindi, name)) == set(getattr(English, name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_short_enough_for_a_button(language: str) -> None:
    words = texts(language)
    for name in names():
        label = getattr(words, name)
        if isinstance(label, str):
            assert 0 < len(label) <= 40
    assert len(words.upgrade(LITE.name)) <= 40


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notice", ["checking", "cancelling", "already_finished", "not_yours"])
def test_notices_fit_telegram(language: str, notice: str) -> None:
    assert len(formed(texts(language), notice).plain) <= 200


def test_the_language_of_a_client_finds_its_sentences() -> None:
    assert texts("hi-IN") is texts("hi") is texts("HI")
    assert texts("ta") is texts("") is texts("en-GB")
