import aiohttp
import pytest

from tests.doubles.remotes import pretended


async def test_trouble_is_ordered_by_the_control_plane() -> None:
    async with pretended() as sandbox, aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/_sandbox/backends"
        order = {"backend": "huggingface", "trouble": "loading", "count": 2}
        async with session.post(url, json=order) as answer:
            assert answer.status == 200

        met = [sandbox.backends.huggingface.troubles.meet("loading") for _ in range(3)]
    assert met == ["loading", "loading", None]


@pytest.mark.parametrize(
    "order", [{"backend": "dalle", "trouble": "busy"}, {"backend": "comfyui", "trouble": "rain"}]
)
async def test_orders_that_make_no_sense_are_refused(order: dict[str, str]) -> None:
    async with (
        pretended() as sandbox,
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.url}/_sandbox/backends", json=order) as answer,
    ):
        assert answer.status == 400


@pytest.mark.parametrize(
    "path",
    [
        "automatic1111/sdapi/v1/options",
        "sdnext/sdapi/v1/progress",
        "comfyui/system_stats",
        "comfyui/queue",
    ],
)
async def test_strangers_are_refused(path: str) -> None:
    async with pretended() as sandbox, aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.url}/backends/{path}") as answer:
            assert answer.status == 401
        async with session.get(f"{sandbox.url}/backends/{path}/unknown") as answer:
            assert answer.status == 404
