"""India's goods and services tax: States, sellers' numbers, and the tax in a price."""

import re
from dataclasses import dataclass

RATE_PERCENT = 18

STATES = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
}
"""Every State and Union Territory by its code in the tax's numbers."""

WITHOUT_LEGISLATURE = frozenset(STATES[code] for code in ("04", "26", "31", "35", "38"))
"""Territories whose half of the tax is called UTGST."""

_GSTIN = re.compile(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_gstin(number: str) -> bool:
    """Whether this is a number of the tax, its check digit included."""
    if _GSTIN.fullmatch(number) is None or number[:2] not in STATES:
        return False
    total = 0
    for place, digit in enumerate(number[:14]):
        high, low = divmod(_DIGITS.index(digit) * (1 + place % 2), 36)
        total += high + low
    return number[14] == _DIGITS[-total % 36]


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a price that includes the tax; they make the price again."""

    taxable: int
    cgst: int = 0
    sgst: int = 0
    igst: int = 0


def split(total: int, *, is_within_the_state: bool) -> Split:
    """Find the tax in a price; inside one State its halves are equal, to the paisa."""
    if is_within_the_state:
        half = _part(total, RATE_PERCENT // 2)
        return Split(total - 2 * half, cgst=half, sgst=half)
    whole = _part(total, RATE_PERCENT)
    return Split(total - whole, igst=whole)


def _part(total: int, percent: int) -> int:
    """`percent` of what the price is without the tax, rounded half up."""
    with_tax = 100 + RATE_PERCENT
    return (2 * total * percent + with_tax) // (2 * with_tax)
