from io import BytesIO

import pytest
from PIL import Image

from chat.errors import PictureGoneError, TryLaterError
from chat.model import PictureRef
from handlers.edit import STRENGTH, nearest_shape
from handlers.uploads import BYTES_MAX
from tests.doubles.engine import wall
from tests.doubles.hub import RAVI, Hub, said

PHOTO = PictureRef("photo-1", 1000)


@pytest.fixture(autouse=True)
def _photo(hub: Hub) -> None:
    hub.chat.files["photo-1"] = wall(60, 40, seed=9)


def kept(hub: Hub) -> list[str]:
    return sorted(path.name for path in hub.media.rglob("*.png"))


async def test_a_picture_is_drawn_over_charged_once_and_kept_for_again(hub: Hub) -> None:
    await hub.grant()
    assert await hub.call("edit", "a fox --strength 0.4", picture=PHOTO) is None
    await hub.work.run()

    ((job_id, request),) = hub.engine.drawn
    assert request.image is not None
    assert Image.open(BytesIO(request.image)).size == (60, 40)
    assert (request.prompt, request.strength) == ("a fox", 0.4)
    assert await hub.images_used() == 1
    assert kept(hub) == [f"{job_id}.png", f"{job_id}.source.png"]

    await hub.press(f"v1:again:{job_id}", message=hub.card().id)
    await hub.work.run()
    (_, again) = hub.engine.drawn[1]
    assert again.image == request.image
    assert again.seed != request.seed


def with_a_hole() -> bytes:
    image = Image.new("RGBA", (60, 40), "red")
    image.paste((0, 0, 0, 0), (0, 0, 30, 40))
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


async def test_only_what_is_see_through_is_drawn_when_asked(hub: Hub) -> None:
    hub.chat.files["photo-1"] = with_a_hole()
    await hub.grant()
    assert await hub.call("edit", "a fox --fill", picture=PHOTO) is None
    await hub.work.run()

    ((job_id, request),) = hub.engine.drawn
    assert request.mask is not None
    holes = Image.open(BytesIO(request.mask))
    assert [holes.getpixel((x, 20)) for x in (10, 50)] == [255, 0]
    assert request.strength == 1.0
    assert kept(hub) == [f"{job_id}.holes.png", f"{job_id}.png", f"{job_id}.source.png"]

    await hub.press(f"v1:again:{job_id}", message=hub.card().id)
    await hub.press(f"v1:vary:{job_id}", message=hub.card().id)
    await hub.work.run()
    (_, (_, again), (_, varied)) = hub.engine.drawn
    assert (again.mask, varied.mask) == (request.mask, None)


async def test_without_being_asked_all_is_drawn_over(hub: Hub) -> None:
    hub.chat.files["photo-1"] = with_a_hole()
    await hub.grant()
    await hub.call("edit", "a fox", picture=PHOTO)
    await hub.work.run()

    ((_, request),) = hub.engine.drawn
    assert (request.mask, request.strength) == (None, STRENGTH)


async def test_a_picture_without_holes_cannot_be_filled_and_costs_nothing(hub: Hub) -> None:
    await hub.grant()
    reply = await hub.call("edit", "a fox --fill", picture=PHOTO)

    assert "see-through nowhere" in said(reply)
    assert "Nothing was charged" in said(reply)
    assert kept(hub) == []


async def test_a_redelivered_edit_makes_one_job(hub: Hub) -> None:
    await hub.grant()
    for _ in range(2):
        assert await hub.call("edit", "a fox", picture=PHOTO, event="update-9") is None
    await hub.work.run()

    assert len(hub.engine.drawn) == 1
    assert await hub.images_used() == 1


async def test_what_is_refused_leaves_no_picture_behind(hub: Hub) -> None:
    reply = await hub.call("edit", "a fox", picture=PHOTO)

    assert "Nothing was charged" in said(reply)
    assert kept(hub) == []


async def test_without_a_picture_somebody_is_told_how_to_send_one(hub: Hub) -> None:
    await hub.grant()

    assert "together with a picture" in said(await hub.call("edit", "a fox"))
    assert (await hub.wallet()).running is None


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (PictureRef("photo-1", BYTES_MAX + 1), "could not get"),
        (PictureRef("note", 4), "cannot read"),
    ],
)
async def test_a_file_that_is_no_fit_picture_costs_nothing(
    hub: Hub, picture: PictureRef, words: str
) -> None:
    hub.chat.files["note"] = b"note"
    await hub.grant()
    reply = await hub.call("edit", "a fox", picture=picture)

    assert words in said(reply)
    assert "Nothing was charged" in said(reply)
    assert (await hub.wallet()).running is None


@pytest.mark.parametrize("error", [PictureGoneError(), TryLaterError(1)])
async def test_a_platform_that_does_not_give_the_picture_costs_nothing(
    hub: Hub, error: PictureGoneError | TryLaterError
) -> None:
    await hub.grant()
    hub.chat.fail = [error]
    reply = await hub.call("edit", "a fox", picture=PHOTO)

    assert "could not get" in said(reply)
    assert (await hub.wallet()).running is None


async def test_a_source_that_is_lost_gives_the_credit_back(hub: Hub) -> None:
    await hub.grant()
    await hub.call("edit", "a fox", picture=PHOTO)
    for file in hub.media.rglob("*.source.png"):
        file.unlink()
    await hub.work.run()

    assert "lost" in said(hub.card().reply)
    assert await hub.images_used() == 0


async def test_a_variation_starts_from_the_picture_with_another_seed(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw("a fox --spoiler")
    await hub.work.run()
    shown = hub.card()
    assert shown.reply.media is not None

    assert await hub.press(f"v1:vary:{job_id}", message=shown.id) is None
    await hub.work.run()

    (_, first), (_, varied) = hub.engine.drawn
    assert varied.image == shown.reply.media.data
    assert varied.strength == STRENGTH
    assert (varied.prompt, varied.size) == (first.prompt, first.size)
    assert varied.seed != first.seed
    again = hub.card().reply.media
    assert again is not None
    assert again.spoiler
    assert await hub.images_used() == 2


async def test_nobody_varies_anothers_picture_nor_one_that_never_came(hub: Hub) -> None:
    await hub.grant()
    await hub.grant(user=RAVI)
    job_id = await hub.draw()

    assert "nothing to show" in said(await hub.press(f"v1:vary:{job_id}"))
    await hub.work.run()
    assert "somebody else" in said(await hub.press(f"v1:vary:{job_id}", user=RAVI))
    assert (await hub.wallet(RAVI)).running is None


@pytest.mark.parametrize(
    ("size", "shape"),
    [((60, 40), (768, 512)), ((40, 60), (512, 768)), ((50, 49), (512, 512)), ((9, 1), (768, 512))],
)
def test_the_shape_nearest_to_the_picture_is_drawn(
    size: tuple[int, int], shape: tuple[int, int]
) -> None:
    shapes = {"square": (512, 512), "tall": (512, 768), "wide": (768, 512), "large": (768, 768)}

    assert nearest_shape(size, shapes) == shape


async def test_where_nobody_draws_over_pictures_that_is_said_before_anything_is_kept(
    hub: Hub,
) -> None:
    await hub.grant()
    hub.engine.draws_over = False
    reply = await hub.call("edit", "a fox", picture=PHOTO)

    assert "Nothing was charged" in said(reply)
    assert kept(hub) == []
    assert await hub.live_jobs() == []


async def test_where_nobody_draws_over_pictures_no_variation_is_offered_or_drawn(hub: Hub) -> None:
    await hub.grant()
    hub.engine.draws_over = False
    await hub.call("image", "a fox")
    await hub.work.run()

    ((job_id, _),) = hub.engine.drawn
    shown = hub.card()
    presses = [button.press for row in shown.reply.buttons for button in row]
    assert f"v1:again:{job_id}" in presses
    assert f"v1:vary:{job_id}" not in presses
    reply = await hub.press(f"v1:vary:{job_id}", message=shown.id)
    assert "Nothing was charged" in said(reply)
    assert len(hub.engine.drawn) == 1
