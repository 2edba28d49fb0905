"""Disputes over REST."""

from aiohttp import web

from sandbox.razorpay.entities import Dispute
from sandbox.razorpay.errors import invalid
from sandbox.razorpay.lifecycle import settle_dispute
from sandbox.razorpay.parsing import Route, answer, look_up, page
from sandbox.razorpay.views import collection, dispute_view
from sandbox.razorpay.world import WORLD


async def fetch_all(request: web.Request) -> web.Response:
    """`GET /v1/disputes`."""
    newest_first = list(request.app[WORLD].disputes)[::-1]
    chosen = page(request, newest_first, lambda dispute: dispute.created_at)
    return answer(collection([dispute_view(dispute) for dispute in chosen]))


async def fetch(request: web.Request) -> web.Response:
    """`GET /v1/disputes/{id}`."""
    return answer(dispute_view(_dispute(request)))


async def accept(request: web.Request) -> web.Response:
    """`POST /v1/disputes/{id}/accept`: the money is gone."""
    return _settle(request, "lost")


async def contest(request: web.Request) -> web.Response:
    """`PATCH /v1/disputes/{id}/contest`: evidence was handed in."""
    return _settle(request, "under_review")


ROUTES: tuple[Route, ...] = (
    ("GET", "/disputes", fetch_all),
    ("GET", "/disputes/{id}", fetch),
    ("POST", "/disputes/{id}/accept", accept),
    ("PATCH", "/disputes/{id}/contest", contest),
)


def _settle(request: web.Request, status: str) -> web.Response:
    world, dispute = request.app[WORLD], _dispute(request)
    if dispute.status != "open":
        raise invalid("Action not allowed on a dispute that is not open")
    world.publish(settle_dispute(world, dispute, status))
    return answer(dispute_view(world.disputes[dispute.id]))


def _dispute(request: web.Request) -> Dispute:
    return look_up(request.app[WORLD].disputes, request)
