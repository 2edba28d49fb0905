"""/receipt: what was paid, to whom and for what, in the chat and as a PDF."""

from dataclasses import dataclass

from billing.gst import STATES, WITHOUT_LEGISLATURE
from billing.receipts import Receipt, is_invoice
from chat.commands import Command, Option, Options
from chat.errors import NotUnderstoodError
from chat.model import ButtonPress, CommandCall, Incoming, Reply
from chat.text import bold, lines, text
from handlers.paper import Sheet, document
from handlers.people import speaker
from handlers.services import Services
from handlers.texts import texts
from handlers.texts.english import English
from handlers.texts.english.receipts import Document, ReceiptField
from handlers.texts.numbers import date_time, money
from handlers.wares import named
from store import coupons, orders, payments
from store import receipts as rows
from store.coupons import CouponUse
from store.database import Transaction
from store.payments import Payment

RECEIPT = Command(
    "receipt",
    {
        "en": "The receipt of your last payment, or of an order's",
        "hi": "पिछले पेमेंट या किसी ऑर्डर की रसीद",
    },
    (
        Option(
            "order",
            {"en": "The order's number", "hi": "ऑर्डर का नंबर"},
            length_max=40,
            names={"hi": "ऑर्डर"},
        ),
    ),
    is_private=True,
    names={"hi": "रसीद"},
)


class NoReceiptError(NotUnderstoodError):
    """Nothing of this person's was paid by that name."""


@dataclass(frozen=True, slots=True)
class _Paid:
    receipt: Receipt
    payment: Payment
    item: str
    coupon: CouponUse | None


async def receipt(services: Services, call: CommandCall, options: Options) -> Reply:
    """Answer /receipt."""
    return await _show(services, call, str(options.get("order", "")))


async def of_order(services: Services, press: ButtonPress, order_id: str) -> Reply:
    """The button under a paid order's card."""
    return await _show(services, press, order_id)


async def _show(services: Services, incoming: Incoming, order_id: str) -> Reply:
    words = texts(incoming.user.language)
    paid = await services.database.write(lambda tx: _read(services, tx, incoming, order_id, words))
    issued = paid.receipt
    kind: Document = "invoice" if is_invoice(issued) else "receipt"
    named = [(words.receipt_names[field], value) for field, value in _fields(paid)]
    total = (words.receipt_names["total"], _money(issued, issued.total))
    title, note = words.receipt_titles[kind], words.receipt_notes[kind]
    media = await document(Sheet(title, named, total, [note]), issued.serial.replace("/", "-"))
    shown = [text(f"{name}: {value}") for name, value in named]
    says = lines([bold(title), *shown, text(f"{total[0]}: ", bold(total[1]))])
    return Reply(says, media=media, private=True)


async def _read(
    services: Services, tx: Transaction, incoming: Incoming, order_id: str, words: English
) -> _Paid:
    user = await speaker(tx, incoming, services.clock())
    order = await orders.get(tx, order_id or await rows.newest_paid(tx, user.id) or "")
    payment = await payments.fulfilling(tx, order.id) if order else None
    if order is None or payment is None or order.user_id != user.id:
        raise NoReceiptError
    issued = await services.receipts.issue(tx, order, payment)
    coupon = await coupons.use_of(tx, order.id)
    return _Paid(issued, payment, await named(tx, order, words), coupon)


def _fields(paid: _Paid) -> list[tuple[ReceiptField, str]]:
    issued, seller = paid.receipt, paid.receipt.seller
    is_taxed, off = is_invoice(issued), paid.coupon
    halves: ReceiptField = "utgst" if issued.state in WITHOUT_LEGISLATURE else "sgst"
    found: list[tuple[ReceiptField, str]] = [
        ("serial", issued.serial),
        ("date", date_time(issued.issued_at)),
        ("seller", seller["name"]),
        ("address", seller["address"]),
        ("contact", ", ".join(filter(None, (seller["email"], seller["phone"])))),
        ("gstin", seller["gstin"] if is_taxed else ""),
        ("buyer", issued.buyer),
        ("state", _with_code(issued.state)),
        ("order", issued.order_id),
        ("payment", issued.payment_id),
        ("method", (paid.payment.method or "").upper()),
        ("item", paid.item),
        ("discount", f"−{_money(issued, off.paise_off)} · {off.code}" if off else ""),
        ("sac", seller["sac"] if is_taxed else ""),
        ("taxable", _money(issued, issued.taxable) if is_taxed else ""),
        ("cgst", _money(issued, issued.cgst) if issued.cgst else ""),
        (halves, _money(issued, issued.sgst) if issued.sgst else ""),
        ("igst", _money(issued, issued.igst) if issued.igst else ""),
        (
            "refunded",
            _money(issued, paid.payment.refunded_paise) if paid.payment.refunded_paise else "",
        ),
    ]
    return [(field, value) for field, value in found if value]


def _with_code(state: str) -> str:
    return next((f"{state} ({code})" for code, name in STATES.items() if name == state), "")


def _money(issued: Receipt, amount: int) -> str:
    return money(amount, issued.currency)
