"""Somebody on the other side of HTTP."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Browser:
    url: str
    http: aiohttp.ClientSession

    async def get(self, path: str) -> Answer:
        return await self.ask("GET", path)

    async def post(
        self, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        return await self.ask("POST", path, body, headers)

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        url = path if path.startswith("http") else self.url + path
        async with self.http.request(method, url, data=io.BytesIO(body), headers=headers) as answer:
            return Answer(answer.status, await answer.read(), answer.headers)
