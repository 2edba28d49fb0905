import pytest

from billing.errors import UnknownPlanError
from billing.plans import Plan, Plans, publish
from store import plans as rows
from store.database import Database, Transaction


def test_an_unknown_plan_names_those_on_sale(plans: Plans) -> None:
    with pytest.raises(UnknownPlanError) as refused:
        plans.get("gold")
    assert refused.value.known == ("flash-lite", "flash", "pro")


def test_the_next_better_plan_has_more_of_what_ran_out(plans: Plans) -> None:
    assert plans.next_above("flash-lite", "video") == plans.get("flash")
    assert plans.next_above("flash", "image") == plans.get("pro")
    assert plans.next_above("pro", "image") is None


def test_a_plan_that_gives_no_more_is_not_offered() -> None:
    plans = Plans(
        (
            Plan("a", "A", 100, tokens=1, images=3, videos=0, rank=0),
            Plan("b", "B", 200, tokens=2, images=3, videos=0, rank=1),
            Plan("c", "C", 300, tokens=2, images=4, videos=0, rank=2),
        )
    )
    assert plans.next_above("a", "image") == plans.get("c")


async def test_the_published_copy_follows_the_configuration_and_keeps_old_plans(
    database: Database, plans: Plans
) -> None:
    dearer = Plan("pro", "Pro+", 30_000, tokens=1, images=2, videos=3, rank=5, delay_s=9)

    async def scenario(tx: Transaction) -> None:
        await publish(tx, plans)
        await publish(tx, Plans((dearer,)))
        assert await rows.get(tx, "pro") == dearer
        assert await rows.get(tx, "flash") == plans.get("flash")

    await database.write(scenario)
