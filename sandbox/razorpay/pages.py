"""The hosted pages, as HTML without scripts: every value a merchant sends is escaped."""

from datetime import datetime
from html import escape
from pathlib import Path

from sandbox.razorpay.entities import INDIA, Link, LinkStatus, Payment, PaymentStatus

_STYLE = (Path(__file__).parent / "checkout.css").read_text(encoding="utf-8")
_BANKS = {
    "HDFC": "HDFC Bank",
    "ICIC": "ICICI Bank",
    "SBIN": "SBI",
    "UTIB": "Axis Bank",
}


def checkout_page(business: str, link: Link) -> str:
    """The page that asks for money."""
    amount = rupees(link.amount - link.amount_paid)
    banks = "".join(f'<option value="{code}">{name}</option>' for code, name in _BANKS.items())
    form = f"""
<form method="post" action="/rzp/{link.slug}/pay">
  <h2>How would you like to pay?</h2>
  <div class="methods">
    {_method("upi", "UPI", "Google Pay, PhonePe, Paytm and others", checked=True)}
    <div class="panel upi"><label for="vpa">UPI ID</label>
      <input id="vpa" name="vpa" value="success@razorpay" autocomplete="off" spellcheck="false">
      <p>Ids for tests: success@razorpay, failure@razorpay</p></div>
    {_method("card", "Card", "Visa, Mastercard, RuPay")}
    <div class="panel card"><label for="card_number">Card number</label>
      <input id="card_number" name="card_number" value="4100 2800 0000 1007"
        inputmode="numeric" autocomplete="off">
      <p>Any future date, any CVV. 4100 2800 0008 0001 has no money on it.</p></div>
    {_method("netbanking", "Netbanking", "HDFC, ICICI, SBI, Axis")}
    <div class="panel netbanking"><label for="bank">Bank</label>
      <select id="bank" name="bank">{banks}</select></div>
  </div>
  <button class="pay" name="outcome" value="success" data-testid="pay-success">
    Success <span>pay {amount}</span></button>
  <div class="others">
    <button name="outcome" value="fail" data-testid="pay-failure">Failure</button>
    <button name="outcome" value="cancel" data-testid="pay-cancel">Cancel</button>
  </div>
</form>"""
    return _document(f"Pay {amount}", business, link, form)


def result_page(business: str, link: Link, payment: Payment) -> str:
    """What the payer sees after paying, or after failing to."""
    again = f'<a class="again" href="/rzp/{link.slug}" data-testid="pay-again">Try again</a>'
    if payment.captured or payment.status is PaymentStatus.AUTHORIZED:
        note = f"{rupees(payment.amount)} paid. You can close this page and return to the chat."
        body = _verdict("good", "Payment successful", note, f"Payment id {payment.id}")
    elif payment.status is PaymentStatus.CREATED:
        note = "Your bank has not answered yet. We will tell you in the chat."
        body = _verdict("wait", "Payment pending", note, f"Payment id {payment.id}")
    elif payment.failure and payment.failure.reason == "payment_cancelled":
        body = _verdict("wait", "Payment cancelled", "You have not been charged.", "") + again
    else:
        reason = payment.failure.description if payment.failure else ""
        body = _verdict("bad", "Payment failed", reason, f"Payment id {payment.id}") + again
    return _document("Payment", business, link, body)


def closed_page(business: str, link: Link, status: LinkStatus) -> str:
    """What a late visitor sees."""
    if status is LinkStatus.PAID:
        body = _verdict("good", "Already paid", "This link has been paid. Return to the chat.", "")
    elif status is LinkStatus.EXPIRED:
        note = "Its time is over and it cannot be paid any more. Ask for a new one in the chat."
        body = _verdict("wait", "This link has expired", note, "")
    else:
        note = "It was cancelled and cannot be paid any more. Ask for a new one in the chat."
        body = _verdict("wait", "This link was cancelled", note, "")
    return _document("Payment link", business, link, body)


def not_found_page() -> str:
    """What is behind a link that never was."""
    return _frame(
        "Not found",
        '<main class="sheet single">'
        + _verdict("bad", "No such payment link", "Please check the address.", "")
        + "</main>",
    )


def rupees(paise: int) -> str:
    """Write an amount as Indians do: ₹1,23,456.00."""
    whole, rest = divmod(paise, 100)
    text = str(whole)
    head, tail = text[:-3], text[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return f"₹{','.join([*groups, tail])}.{rest:02d}"


def _document(title: str, business: str, link: Link, body: str) -> str:
    name = escape(_name(business, link))
    until = (
        f"<dt>Pay before</dt><dd>{_moment(link.expire_by)}</dd>"
        if link.expire_by and link.is_open
        else ""
    )
    reference = (
        f"<dt>Reference</dt><dd>{escape(link.reference_id)}</dd>" if link.reference_id else ""
    )
    summary = f"""
<aside>
  <div class="brand"><span aria-hidden="true">{name[:1].upper()}</span><b>{name}</b></div>
  <p class="what">{escape(link.description)}</p>
  <p class="amount" data-testid="amount">{rupees(link.amount)}</p>
  <dl>{until}{reference}</dl>
  <p class="badge" data-testid="sandbox-badge">Sandbox — no real money</p>
</aside>"""
    sheet = f'<main class="sheet">{summary}<section>{body}</section></main>'
    return _frame(f"{escape(title)} · {name}", sheet)


def _frame(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>"
    )


def _method(value: str, name: str, hint: str, *, checked: bool = False) -> str:
    mark = " checked" if checked else ""
    return (
        f'<input type="radio" id="m-{value}" name="method" value="{value}"{mark}>'
        f'<label class="method" for="m-{value}" data-testid="method-{value}">'
        f"<b>{name}</b><small>{hint}</small></label>"
    )


def _verdict(mood: str, title: str, note: str, small: str) -> str:
    sign = {"good": "✓", "bad": "✕", "wait": "!"}[mood]
    return (
        f'<div class="verdict {mood}" data-testid="verdict"><span aria-hidden="true">{sign}</span>'
        f"<h2>{title}</h2><p>{escape(note)}</p><small>{escape(small)}</small></div>"
    )


def _name(business: str, link: Link) -> str:
    checkout = link.options.get("checkout")
    name = checkout.get("name") if isinstance(checkout, dict) else None
    return name if isinstance(name, str) and name else business


def _moment(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, INDIA).strftime("%-d %b %Y, %-I:%M %p IST")
