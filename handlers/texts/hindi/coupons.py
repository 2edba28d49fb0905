"""Coupons: what customers read of them, and what admins do."""

from collections.abc import Mapping
from typing import ClassVar

from billing.errors import Refusal
from chat.text import Text, bold, code, lines, text
from handlers.texts.english import coupons
from handlers.texts.numbers import grouped, money


class Coupons(coupons.Coupons):
    """Money off an order."""

    have_coupon = "मेरे पास कूपन है"
    coupon_code = "कूपन का कोड"

    def coupon_ask(self) -> Text:
        """Ask for the code."""
        return text("कूपन का कोड लिखें। पैसे देने से पहले आपको नए दाम दिख जाएँगे।")

    def coupon_taken(self, coupon: str, off: str) -> Text:
        """Above the plans, whose buttons show what is left to pay."""
        return text(bold("कूपन "), code(coupon), f": {off} की छूट। बटनों पर वही दाम है जो आपको देना है।")

    def coupon_in_order(self, coupon: str, paise: int, currency: str = "INR") -> Text:
        """On an order's card."""
        return text("कूपन ", code(coupon), f": {money(paise, currency)} की छूट")

    def coupon_unknown(self, typed: str) -> Text:
        """No such coupon."""
        return text(code(typed), " नाम का कोई कूपन नहीं मिला। कुछ नहीं कटा; अक्षर फिर से देख लें।")

    coupon_refusals: ClassVar[Mapping[Refusal, str]] = {
        "over": "इस कूपन का समय निकल चुका है।",
        "used_up": "यह कूपन जितनी बार चल सकता था, चल चुका है।",
        "had": "आप यह कूपन पहले इस्तेमाल कर चुके हैं।",
        "other_plan": "यह कूपन इस प्लान के लिए नहीं है।",
        "stars": "यह कूपन रुपये घटाता है, और यह दाम स्टार में है।",
    }

    def coupon_refused(self, coupon: str, why: Refusal) -> Text:
        """A coupon that this person cannot use."""
        return lines(
            [
                text(code(coupon), f": {self.coupon_refusals[why]}"),
                text("कुछ नहीं कटा; बिना कूपन के दाम: ", code("/buy")),
            ]
        )

    def coupon_terms(
        self, off: str, plans: str, uses_max: int | None, uses_each: int, until: str
    ) -> str:
        """What a coupon is worth, for what and how often."""
        parts = [
            f"{off} की छूट",
            f"{plans} के लिए" if plans else "सभी प्लान के लिए",
            f"कुल {grouped(uses_max)} बार" if uses_max else "जितनी बार चाहें",
            f"हर व्यक्ति {uses_each} बार",
            f"{until} तक" if until else "",
        ]
        return " · ".join(filter(None, parts))

    def admin_ask_coupon(self, coupon: str, terms: str) -> Text:
        """Ask whether to make a coupon."""
        return lines(
            [
                text("कूपन ", code(coupon), " बनाएँ?"),
                terms,
                "इसकी शर्तें बाद में नहीं बदलेंगी; इसे बंद किया जा सकता है।",
            ]
        )

    def admin_coupon_made(self, coupon: str) -> Text:
        """A coupon can be used."""
        return text(bold("बन गया ✓ "), code(f"/buy --coupon {coupon}"))

    def admin_coupon_exists(self, coupon: str) -> Text:
        """A code is taken."""
        return text(
            "कूपन ",
            code(coupon),
            " पहले से है, और शर्तें बदलती नहीं। कुछ नहीं बदला; कोई दूसरा कोड लें।",
        )

    def admin_ask_stop_coupon(self, coupon: str) -> Text:
        """Ask whether to end a coupon."""
        return text(
            "कूपन ", code(coupon), " हमेशा के लिए बंद करें? जिन ऑर्डर में यह लगा है, उनका दाम वही रहेगा।"
        )

    def admin_coupon_stopped(self, coupon: str) -> Text:
        """A coupon cannot be used any more."""
        return text(bold("बंद हो गया ✓ "), code(coupon))

    def admin_coupon_line(self, coupon: str, terms: str, count: int, *, is_over: bool) -> Text:
        """One coupon on the list."""
        paid = f" · इससे {grouped(count)} ऑर्डर के पैसे आए"
        return text(code(coupon), f" · {terms}{paid}{' · बंद' if is_over else ''}")
