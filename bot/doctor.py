"""`python -m bot doctor`: look at each thing that must be right, one line each with what to do."""

import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

import aiohttp

from bot.finding import Finding
from bot.safety import looked_at
from bot.settings import Settings
from engine.backend import BackendSettings
from engine.drawer import REMOTES
from engine.engine import Engine
from engine.errors import BackendError, EngineError, ModelMissingError
from store.blobs import Blobs
from store.database import sqlite_path
from store.errors import StoreUnavailableError, UnsupportedDatabaseError
from store.migrate import newest, revision_of

FREE_BYTES_MIN = 2 * 1024**3
SKEW_S_MAX = 60
PROBE = "doctor.txt"
DISCORD_AGENT = "DiscordBot (https://example.org, 1)"  # Discord refuses other forms of agent
TIMEOUT = aiohttp.ClientTimeout(total=15)


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; what it writes to try the disks is gone when it returns."""
    findings = [*_database(settings.store.database_url), await _media(settings.store.media_url)]
    findings += [*_secrets(settings), *_offers(settings)]
    async with aiohttp.ClientSession(timeout=TIMEOUT, raise_for_status=False) as session:
        if settings.telegram.enabled:
            findings += [finding async for finding in _telegram(session, settings)]
        if settings.discord.enabled:
            findings.append(await _discord(session, settings))
        if settings.razorpay.enabled:
            findings.append(await _razorpay(session, settings))
    return [*findings, *await _drawing(settings), *await looked_at(settings)]


def _database(url: str) -> list[Finding]:
    try:
        path = sqlite_path(url)
    except UnsupportedDatabaseError as error:
        return [Finding("bad", "database", str(error))]
    return [_schema(url, path), _disk(path)]


def _schema(url: str, path: Path) -> Finding:
    try:
        revision = revision_of(url)
    except StoreUnavailableError as error:
        return Finding("bad", "database", f"{error}: move it away, or restore a backup")
    if revision is None:
        return Finding("bad", "database", f"{path} is not there yet: run `python -m bot migrate`")
    if revision != newest():
        return Finding("bad", "database", f"{path} is old: run `python -m bot migrate`")
    return Finding("good", "database", f"{path} at revision {revision}")


def _disk(path: Path) -> Finding:
    folder = path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding("bad", "disk", f"{folder} cannot be written: {error.strerror}")
    words = f"{free / 1024**3:.1f} GiB free in {folder}"
    if free < FREE_BYTES_MIN:
        return Finding("warning", "disk", f"{words}: make room before it is full")
    return Finding("good", "disk", words)


async def _media(url: str) -> Finding:
    try:
        blobs = Blobs(url)
        await blobs.put(PROBE, b"doctor")
        await blobs.delete(PROBE)
    except StoreUnavailableError as error:
        words = f"{url} cannot be written ({error}): check store.media_url"
        return Finding("bad", "media", words)
    return Finding("good", "media", f"{url} can be written")


def _offers(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    if not (settings.telegram.enabled or settings.discord.enabled):
        words = "telegram and discord are both off: switch one on"
        findings.append(Finding("bad", "chat", words))
    if settings.business.missing:
        words = f"fill in {', '.join(settings.business.missing)}: the law wants customers to know"
        findings.append(Finding("warning", "business", words))
    if not settings.razorpay.enabled:
        findings.append(Finding("warning", "razorpay", "is off: nothing can be bought"))
    elif not settings.plans:
        findings.append(Finding("bad", "plans", "none is on sale: add [[plans]] to config.toml"))
    return findings


def _secrets(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    razorpay, web = settings.razorpay, settings.web
    webhook = razorpay.webhook_secret.get_secret_value()
    if razorpay.enabled and not webhook:
        words = "HUB_RAZORPAY__WEBHOOK_SECRET is empty: payments are found by polling only"
        findings.append(Finding("warning", "webhook", words))
    elif razorpay.enabled and webhook == razorpay.key_secret.get_secret_value():
        words = "the webhook secret equals the key secret: choose another in Razorpay's dashboard"
        findings.append(Finding("bad", "webhook", words))
    if web.public_url and not web.signing_key.get_secret_value():
        words = "HUB_WEB__SIGNING_KEY is empty: links to pictures are off; set 32 random characters"
        findings.append(Finding("warning", "links", words))
    return findings


async def _telegram(session: aiohttp.ClientSession, settings: Settings) -> AsyncIterator[Finding]:
    token = settings.telegram.token.get_secret_value()
    if not token:
        yield Finding("bad", "telegram", "set HUB_TELEGRAM__TOKEN to the token from @BotFather")
        return
    base = settings.telegram.api_base_url.rstrip("/")
    try:
        async with session.get(f"{base}/bot{token}/getMe") as answer:
            me = await answer.json(content_type=None)
            yield _clock(answer.headers.get("Date"))
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        words = f"{base} does not answer ({type(error).__name__}): check the network"
        yield Finding("bad", "telegram", words)
        return
    if answer.ok:
        yield Finding("good", "telegram", f"@{me['result']['username']}")
    else:
        yield Finding("bad", "telegram", "the token is not accepted: copy it again from @BotFather")


def _clock(date: str | None) -> Finding:
    if date is None:
        return Finding("warning", "clock", "nobody told the time to compare with")
    skew = time.time() - parsedate_to_datetime(date).timestamp()
    words = f"{abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
    if abs(skew) > SKEW_S_MAX:
        return Finding("bad", "clock", f"{words}: switch on time synchronisation")
    return Finding("good", "clock", words)


async def _discord(session: aiohttp.ClientSession, settings: Settings) -> Finding:
    token = settings.discord.token.get_secret_value()
    if not token:
        words = "set HUB_DISCORD__TOKEN to the token from the developer portal"
        return Finding("bad", "discord", words)
    base = settings.discord.api_base_url.rstrip("/")
    headers = {"Authorization": f"Bot {token}", "User-Agent": DISCORD_AGENT}
    try:
        async with session.get(f"{base}/users/@me", headers=headers) as answer:
            me = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        words = f"{base} does not answer ({type(error).__name__}): check the network"
        return Finding("bad", "discord", words)
    if answer.ok:
        return Finding("good", "discord", f"@{me['username']}")
    words = "the token is not accepted: make a new one in the developer portal"
    return Finding("bad", "discord", words)


async def _razorpay(session: aiohttp.ClientSession, settings: Settings) -> Finding:
    razorpay = settings.razorpay
    key, secret = razorpay.key_id.get_secret_value(), razorpay.key_secret.get_secret_value()
    if not key or not secret:
        words = "set HUB_RAZORPAY__KEY_ID and HUB_RAZORPAY__KEY_SECRET"
        return Finding("bad", "razorpay", words)
    url = f"{razorpay.api_base_url.rstrip('/')}/v1/payments?count=1"
    headers = {"Authorization": aiohttp.encode_basic_auth(key, secret)}
    try:
        async with session.get(url, headers=headers) as answer:
            accepted = answer.ok
    except (aiohttp.ClientError, TimeoutError) as error:
        words = f"does not answer ({type(error).__name__}): check the network"
        return Finding("bad", "razorpay", words)
    if not accepted:
        words = "the keys are not accepted: generate new ones in the dashboard"
        return Finding("bad", "razorpay", words)
    mode = "test mode, no real money" if key.startswith("rzp_test_") else "live"
    return Finding("good", "razorpay", mode)


async def _drawing(settings: Settings) -> list[Finding]:
    """The engine, or each back end; of several it is enough that one can draw."""
    secrets = settings.secrets_of_backends()
    findings = [
        await (_engine(settings) if each.kind == "local" else _remote(each, secrets))
        for each in settings.backends
    ]
    if any(finding.level == "good" for finding in findings):
        return [replace(each, level="warning") if each.is_serious else each for each in findings]
    return findings or [await _engine(settings)]


async def _remote(backend: BackendSettings, secrets: Mapping[str, str]) -> Finding:
    try:
        async with REMOTES[backend.kind](backend, secrets.get(backend.name, ""), 1) as remote:
            words = f"{backend.name} draws with {(await remote.ready()).model}"
    except BackendError as error:
        words = f"{error}: check its url, HUB_BACKEND_SECRETS__{backend.name.upper()} and model"
        return Finding("bad", "back end", words)
    if backend.kind == "huggingface":
        words += ", or not: only a picture would tell, and is not free"
        return Finding("warning", "back end", words)
    return Finding("good", "back end", words)


async def _engine(settings: Settings) -> Finding:
    try:
        async with Engine(settings.engine) as engine:
            health = await engine.ready()
    except ModelMissingError as error:
        words = f"no fitting model at {error.path}: set {error.setting} to a folder or a hub id"
        return Finding("bad", "engine", words)
    except EngineError as error:
        return Finding("bad", "engine", f"does not start ({error}): see the log above")
    words = f"{Path(health.model).name} on {health.device}, {health.dtype}"
    level: Literal["good", "warning"] = "warning" if health.device == "cpu" else "good"
    slow = ": pictures take long without a GPU" if level == "warning" else ""
    return Finding(level, "engine", words + slow)
