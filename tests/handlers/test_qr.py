import io

import pytest
from PIL import Image

from handlers.qr import MODULE_PIXELS, QUIET_MODULES, picture
from tests.doubles.hub import RAVI, Hub, said
from tests.handlers.test_buy import order_on

LINK = "https://rzp.io/i/AiGGmnh"
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def modules(data: bytes) -> list[str]:
    """The picture's modules, border included: 1 is dark."""
    image = Image.open(io.BytesIO(data)).convert("L")
    side = image.width // MODULE_PIXELS
    middle = MODULE_PIXELS // 2
    return [
        "".join(
            "1" if image.getpixel((x * MODULE_PIXELS + middle, y * MODULE_PIXELS + middle)) == 0
            else "0"
            for x in range(side)
        )
        for y in range(side)
    ]  # fmt: skip


def inner(rows: list[str]) -> list[str]:
    return [row[QUIET_MODULES:-QUIET_MODULES] for row in rows[QUIET_MODULES:-QUIET_MODULES]]


def test_the_code_stands_in_a_white_border_of_four_modules() -> None:
    data, side = picture(LINK)
    rows = modules(data)

    assert Image.open(io.BytesIO(data)).size == (side, side)
    assert all(set(row) == {"0"} for row in (*rows[:4], *rows[-4:]))
    assert all(row[:4] == row[-4:] == "0000" for row in rows)
    code = inner(rows)
    corners = [code[:7], [row[-7:] for row in code[:7]], code[-7:]]
    assert [[row[:7] for row in corner] for corner in corners] == [FINDER] * 3


def test_the_code_can_lose_a_part_and_still_be_read() -> None:
    # The first two bits beside the upper left finder are the level, masked with 10.
    code = inner(modules(picture(LINK)[0]))
    level = int(code[8][:2], 2) ^ 0b10

    assert level in {0b00, 0b11, 0b10}, "M, Q or H; 01 would be L"


def test_another_link_is_another_picture() -> None:
    assert picture(LINK) == picture(LINK)
    assert picture(LINK) != picture(LINK + "x")


async def test_a_link_that_can_be_paid_is_shown_as_a_picture(hub: Hub) -> None:
    order_id = await order_on(hub)
    url = hub.card().reply.buttons[0][0].url

    reply = await hub.press(f"v1:qr:{order_id}")

    assert reply is not None
    assert reply.private
    assert reply.media is not None
    assert reply.media.data == picture(str(url))[0]
    assert reply.media.alt
    assert "Nothing is charged until you pay" in said(reply)


async def test_a_link_that_was_paid_is_shown_no_more(hub: Hub) -> None:
    order_id = await order_on(hub)
    (link,) = hub.gateway.links.values()
    hub.gateway.pay(link)
    await hub.press(f"v1:check:{order_id}")
    await hub.work.run()

    reply = await hub.press(f"v1:qr:{order_id}")

    assert reply is not None
    assert reply.toast
    assert reply.media is None


async def test_a_link_whose_time_is_over_is_shown_no_more(hub: Hub) -> None:
    order_id = await order_on(hub)
    hub.clock.pass_(20 * 60)

    reply = await hub.press(f"v1:qr:{order_id}")

    assert reply is not None
    assert reply.media is None
    assert "no link that can be paid" in said(reply)


@pytest.mark.parametrize("order", ["theirs", "none"])
async def test_nobody_sees_anothers_link(hub: Hub, order: str) -> None:
    order_id = await order_on(hub) if order == "theirs" else "ord_0"

    reply = await hub.press(f"v1:qr:{order_id}", user=RAVI)

    assert reply is not None
    assert reply.media is None
