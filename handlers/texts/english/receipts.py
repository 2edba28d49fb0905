"""Receipts: the names of what stands on them, in the chat and on paper."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from chat.text import Text, code, text

ReceiptField = Literal[
    "serial", "date", "seller", "address", "contact", "gstin", "buyer", "state", "order", "payment",
    "method", "item", "discount", "sac", "taxable", "cgst", "sgst", "utgst", "igst", "total",
    "refunded",
]  # fmt: skip
Document = Literal["receipt", "invoice"]


class Receipts:
    """What a payer keeps."""

    receipt = "Receipt"
    receipt_titles: ClassVar[Mapping[Document, str]] = {
        "receipt": "Receipt",
        "invoice": "Tax invoice",
    }
    receipt_names: ClassVar[Mapping[ReceiptField, str]] = {
        "serial": "Number",
        "date": "Date",
        "seller": "Seller",
        "address": "Address",
        "contact": "Contact",
        "gstin": "GSTIN",
        "buyer": "Buyer",
        "state": "Place of supply",
        "order": "Order",
        "payment": "Payment",
        "method": "Paid by",
        "item": "For",
        "discount": "Discount, already taken off",
        "sac": "SAC",
        "taxable": "Taxable value",
        "cgst": "CGST 9%",
        "sgst": "SGST 9%",
        "utgst": "UTGST 9%",
        "igst": "IGST 18%",
        "total": "Total",
        "refunded": "Refunded",
    }
    receipt_notes: ClassVar[Mapping[Document, str]] = {
        "receipt": "Computer-generated; no signature is needed.",
        "invoice": "Computer-generated; no signature is needed. Reverse charge: no.",
    }

    more_states = "Others…"

    def ask_state(self) -> Text:
        """What the tax wants to know before anything is sold."""
        return text(
            "Which State do you live in? The invoice must say so; I ask this once, and ",
            code("/state"),
            " changes it. Nothing was charged.",
        )

    def state_kept(self, state: str) -> Text:
        """The answer was kept."""
        return text(
            f"Kept: {state}. Your next invoices say so; ", code("/buy"), " shows the plans."
        )

    def no_receipt(self) -> Text:
        """Nothing was paid, or not by this person."""
        return text(
            "I know no payment of yours by that name. Nothing was charged. ",
            code("/receipt"),
            " alone shows your last one.",
        )
