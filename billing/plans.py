"""What is on sale."""

from billing.errors import UnknownPlanError
from store import plans as rows
from store.database import Transaction
from store.hours import Unit
from store.plans import Plan

__all__ = ["Plan", "Plans", "publish"]


class Plans:
    """The plans on sale, the best last."""

    def __init__(self, plans: tuple[Plan, ...]) -> None:
        self.all = tuple(sorted(plans, key=lambda plan: plan.rank))
        self._by_id = {plan.id: plan for plan in plans}

    def get(self, plan_id: str) -> Plan:
        """The plan of this id.

        Raises:
            UnknownPlanError: It is not on sale.
        """
        try:
            return self._by_id[plan_id]
        except KeyError:
            raise UnknownPlanError(plan_id, tuple(plan.id for plan in self.all)) from None

    def rank(self, plan_id: str) -> int:
        """How good a plan is; one that is no longer on sale ranks below all others."""
        plan = self._by_id.get(plan_id)
        return plan.rank if plan else -1

    def next_above(self, plan_id: str, unit: Unit) -> Plan | None:
        """The next better plan that comes with more of a unit."""
        rank = self.rank(plan_id)
        own = self._by_id.get(plan_id)
        least = credits_of(own, unit) if own else 0
        better = (plan for plan in self.all if plan.rank > rank and credits_of(plan, unit) > least)
        return next(better, None)


def credits_of(plan: Plan, unit: Unit) -> int:
    """How many credits of a unit an hour of this plan comes with."""
    return {"image": plan.images, "video": plan.videos, "token": plan.tokens}[unit]


async def publish(tx: Transaction, plans: Plans) -> None:
    """Bring the database's copy of the plans up to date; those no longer on sale stay there."""
    for plan in plans.all:
        await rows.put(tx, plan)
