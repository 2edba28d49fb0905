from fontTools.ttLib import TTFont

from handlers.paper import FONT, Sheet, print_sheet
from handlers.texts import LANGUAGES


def test_the_font_has_every_character_that_is_printed() -> None:
    known = set(TTFont(FONT).getBestCmap())
    for words in LANGUAGES.values():
        printed = "".join(
            text
            for table in (words.receipt_names, words.receipt_titles, words.receipt_notes)
            for text in table.values()
        )
        assert {ord(character) for character in f"{printed}₹1,23,456.78 · –"} <= known


def test_paper_takes_whatever_people_are_called() -> None:
    sheet = Sheet("Receipt", [("Buyer", "आशा 🎈 Ünsal <b>\n" * 3)], ("Total", "₹1"), ["note"])

    assert print_sheet(sheet).startswith(b"%PDF-")
