import pytest
import sqlalchemy as sa

from store.tables import audit_log
from tests.doubles.hub import OPERATOR, Hub, said


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "I do not draw gore. Nothing was charged"), ("hi", "कुछ नहीं कटा")],
)
async def test_a_blocked_prompt_is_refused_before_it_costs_anything(
    hub: Hub, language: str, sentence: str
) -> None:
    await hub.grant()
    hub.language = language
    reply = await hub.call("image", "a quiet village full of gore")

    assert sentence in said(reply)
    assert reply is not None
    assert reply.private
    assert await hub.live_jobs() == []
    assert len((await hub.wallet()).unstarted) == 1, "not even the hour has begun"
    assert hub.chat.messages == {}


async def test_an_admin_sees_who_met_which_entry_and_not_what_they_wrote(hub: Hub) -> None:
    for _ in range(2):
        await hub.call("image", "a quiet village full of gore", event="update-9")
    await hub.call("image", "एक नंगा पेड़")

    assert said(await hub.call("image", "a tree --no gore")).startswith("You need an hour")
    listed = said(await hub.call("admin", "blocked", OPERATOR)).splitlines()
    assert [line.split(" · ")[1:] for line in listed] == [
        ["telegram:1", "नंगा"],
        ["telegram:1", "gore"],
    ]
    async with hub.services.database.read() as tx:
        kept = str((await tx.execute(sa.select(audit_log))).all())
    assert "village" not in kept


async def test_again_is_refused_too_once_the_list_has_the_word(hub: Hub) -> None:
    await hub.grant()
    job_id = await hub.draw("a fox")
    await hub.work.run()
    hub.services.blocklist._by_first["fox"] = [(("fox",), "fox")]

    assert "Nothing was charged" in said(await hub.press(f"v1:again:{job_id}"))
    assert await hub.images_used() == 1


async def test_without_refusals_an_admin_is_told_so(hub: Hub) -> None:
    assert "nothing of that kind" in said(await hub.call("admin", "blocked", OPERATOR))
