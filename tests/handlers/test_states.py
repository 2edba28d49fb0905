from handlers.states import CODES, LISTED, ask
from tests.doubles.hub import labels, presses


def test_every_state_can_be_chosen_and_no_page_has_too_many_buttons() -> None:
    pages = [ask("en", "flash-lite:12", page) for page in range(2)]

    chosen = [press for page in pages for press in presses(page) if press and ":home:" in press]
    assert chosen == [f"v1:home:{code}:flash-lite:12" for code in CODES]
    assert all(len(labels(page)) <= LISTED + 1 <= 25 for page in pages)
    assert [presses(page)[-1] for page in pages] == [
        "v1:homes:1:flash-lite:12",
        "v1:homes:0:flash-lite:12",
    ]
