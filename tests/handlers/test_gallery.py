from handlers.gallery import LISTED
from tests.doubles.hub import RAVI, Hub, labels, presses, said


async def drawn(hub: Hub, *prompts: str) -> list[str]:
    await hub.grant("pro")
    ids: list[str] = []
    for prompt in prompts:
        ids.append(await hub.draw(prompt))
        await hub.work.run()
        hub.clock.pass_(1)
    return ids


async def test_who_drew_nothing_learns_how_to_begin(hub: Hub) -> None:
    reply = await hub.call("pictures")
    assert "no pictures yet" in said(reply)
    assert "/image" in said(reply)


async def test_the_newest_pictures_are_listed_and_one_tap_shows_one_again_for_nothing(
    hub: Hub,
) -> None:
    fox, boat = await drawn(hub, "a fox", "a boat")
    used = await hub.images_used()

    listed = await hub.call("pictures")
    assert labels(listed) == ["a boat", "a fox"]
    assert presses(listed) == [f"v1:show:{boat}", f"v1:show:{fox}"]

    shown = await hub.press(f"v1:show:{fox}")
    assert shown is not None
    assert shown.private
    assert shown.media is not None
    assert shown.media.alt == "a fox"
    assert "Nothing is charged" in said(shown)
    assert f"v1:again:{fox}" in presses(shown)
    assert await hub.images_used() == used


async def test_words_find_the_one_picture_that_has_them(hub: Hub) -> None:
    await drawn(hub, "a red fox", "a boat, 100%", "a red balloon")

    found = await hub.call("pictures", "FOX")
    assert found is not None
    assert found.media is not None
    assert labels(await hub.call("pictures", "red")) == ["a red balloon", "a red fox"]
    assert said(await hub.call("pictures", "100%")).startswith("a boat")
    assert "No picture of yours" in said(await hub.call("pictures", "%x"))


async def test_a_covered_picture_stays_covered(hub: Hub) -> None:
    (job_id,) = await drawn(hub, "a fox --spoiler")
    shown = await hub.call("pictures", job_id)
    assert shown is not None
    assert shown.media is not None
    assert shown.media.spoiler


async def test_no_more_are_listed_than_a_message_can_show(hub: Hub) -> None:
    await drawn(hub, *(f"picture {number}" for number in range(LISTED + 1)))
    assert len(labels(await hub.call("pictures"))) == LISTED


async def test_pictures_are_suggested_while_somebody_types(hub: Hub) -> None:
    fox, _ = await drawn(hub, "a  fox\nin the snow " * 9, "a boat")

    (suggestion,) = await hub.suggest("pictures", "picture", " fox")

    assert suggestion.value == fox
    assert suggestion.label.startswith("a fox in the snow")
    assert suggestion.label.endswith("…")
    assert len(await hub.suggest("pictures", "picture", "")) == 2
    assert await hub.suggest("image", "prompt", "fox") == ()


async def test_nobody_finds_or_sees_anothers_pictures(hub: Hub) -> None:
    (fox,) = await drawn(hub, "a fox")

    assert await hub.suggest("pictures", "picture", "fox", RAVI) == []
    assert "No picture of yours" in said(await hub.call("pictures", fox, RAVI))
    refused = await hub.press(f"v1:show:{fox}", RAVI)
    assert "somebody else" in said(refused)


async def test_clips_are_found_and_played_again_for_nothing(hub: Hub) -> None:
    await hub.grant("pro")
    job_id = await hub.film("a boat --seed 7")
    await hub.work.run()
    hub.clock.pass_(1)
    await hub.draw("a boat at night")
    await hub.work.run()

    assert labels(await hub.call("pictures", "boat")) == ["a boat at night", "▶ a boat"]
    shown = await hub.press(f"v1:show:{job_id}")
    assert shown is not None
    assert shown.media is not None
    assert shown.media.kind == "video"
    assert "Nothing is charged for showing it" in said(shown)
    assert "somebody else" in said(await hub.press(f"v1:show:{job_id}", user=RAVI))
    assert await hub.videos_left() == 2
