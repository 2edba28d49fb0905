import tempfile
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path
from typing import Any, Self

import pytest
from pydantic import SecretStr

from bot import doctor
from bot.doctor import examine
from bot.finding import Finding
from bot.settings import (
    DiscordSettings,
    PlanSettings,
    Settings,
    StoreSettings,
    TelegramSettings,
    WebSettings,
)
from engine.backend import BackendSettings
from engine.engine import EngineHealth
from engine.errors import EngineCrashedError, EngineError, ModelMissingError
from sandbox.app import serve
from sandbox.backends.automatic1111 import PASSWORD, USER
from sandbox.telegram.bot import TOKEN
from tests.doubles.database import fresh_database
from tests.doubles.hub import BUSINESS
from tests.doubles.razorpay import SETTINGS as RAZORPAY

NOWHERE = "http://127.0.0.1:9"
PLAN = PlanSettings(id="flash", name="Flash", price_paise=100, tokens=1, images=1, videos=0)


class ExaminedEngine:
    """An engine that is as a test wants it."""

    health = EngineHealth(True, "/models/tiny-sd", "cuda:0", "float16", 0, 0, 0)
    error: EngineError | None = None

    def __init__(self, _settings: object) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def ready(self) -> EngineHealth:
        if self.error:
            raise self.error
        return self.health


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> type[ExaminedEngine]:
    class Engine(ExaminedEngine):
        pass

    monkeypatch.setattr(doctor, "Engine", Engine)
    return Engine


@pytest.fixture
async def sandbox() -> AsyncIterator[str]:
    async with serve() as world:
        yield world.url


@pytest.fixture
def settings(tmp_path: Path, sandbox: str) -> Settings:
    """A hub that lacks nothing."""
    return _settings(
        telegram=TelegramSettings(api_base_url=sandbox, token=SecretStr(TOKEN)),
        razorpay=RAZORPAY.model_copy(update={"api_base_url": sandbox}),
        store=StoreSettings(
            database_url=fresh_database(tmp_path), media_url=f"file:{tmp_path}/media"
        ),
        web=WebSettings(public_url="https://hub.example", signing_key=SecretStr("k" * 32)),
        plans=(PLAN,),
        business=BUSINESS,
    )


def _settings(**sections: Any) -> Settings:
    return Settings.model_construct(**{"discord": DiscordSettings(), "admins": (), **sections})


def change(settings: Settings, section: str, **values: Any) -> Settings:
    changed = getattr(settings, section).model_copy(update=values)
    return settings.model_copy(update={section: changed})


async def found(settings: Settings, subject: str) -> Finding:
    """The one finding about a subject."""
    (finding,) = [each for each in await examine(settings) if each.subject == subject]
    return finding


async def test_a_hub_that_lacks_nothing_is_well(settings: Settings) -> None:
    findings = await examine(settings)

    assert [f for f in findings if f.is_serious] == []
    subjects = {finding.subject for finding in findings}
    assert subjects == {"database", "disk", "media", "telegram", "clock", "razorpay", "engine"}
    assert all(len(str(finding).splitlines()) == 1 for finding in findings)


async def test_what_the_law_wants_known_and_is_not_filled_in_is_named(settings: Settings) -> None:
    finding = await found(change(settings, "business", address="", phone=""), "business")

    assert finding.level == "warning"
    assert "fill in address, phone:" in finding.words


async def test_nothing_is_left_behind(settings: Settings, tmp_path: Path) -> None:
    await examine(settings)

    assert [path.name for path in (tmp_path / "media").iterdir()] == []


async def test_no_finding_shows_a_secret(settings: Settings) -> None:
    broken = change(settings, "telegram", api_base_url=NOWHERE)
    broken = change(broken, "razorpay", api_base_url=NOWHERE)
    for report in (await examine(settings), await examine(broken)):
        words = "\n".join(map(str, report))
        assert TOKEN not in words
        assert RAZORPAY.key_secret.get_secret_value() not in words


async def test_a_database_that_is_not_there_wants_migrate(
    settings: Settings, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    finding = await found(change(settings, "store", database_url=url), "database")

    assert finding.is_serious
    assert "python -m bot migrate" in finding.words
    assert not (tmp_path / "none.db").exists()


async def test_an_old_database_wants_migrate(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "newest", lambda: "9999")
    finding = await found(settings, "database")

    assert finding.is_serious
    assert "old" in finding.words


async def test_a_file_that_is_no_database_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"not a database" * 100)
    finding = await found(settings, "database")

    assert finding.is_serious
    assert "hub.db" in finding.words


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@db/hub", "nonsense"])
async def test_a_database_of_another_kind_is_refused(settings: Settings, url: str) -> None:
    finding = await found(change(settings, "store", database_url=url), "database")

    assert finding.is_serious
    assert "hunter2" not in finding.words


async def test_a_full_disk_is_a_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES_MIN", 1 << 60)
    finding = await found(settings, "disk")

    assert finding.level == "warning"
    assert "make room" in finding.words


async def test_a_disk_that_cannot_be_written_is_serious(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)

    assert (await found(settings, "disk")).is_serious


async def test_media_that_cannot_be_written_are_serious(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = f"file:{tmp_path}/file/media"
    finding = await found(change(settings, "store", media_url=url), "media")

    assert finding.is_serious
    assert "store.media_url" in finding.words


async def test_a_missing_webhook_secret_is_a_warning(settings: Settings) -> None:
    settings = change(settings, "razorpay", webhook_secret=SecretStr(""))
    finding = await found(settings, "webhook")

    assert finding.level == "warning"
    assert "polling" in finding.words


async def test_a_webhook_secret_equal_to_the_key_is_serious(settings: Settings) -> None:
    settings = change(settings, "razorpay", webhook_secret=RAZORPAY.key_secret)

    assert (await found(settings, "webhook")).is_serious


async def test_links_without_a_key_are_a_warning(settings: Settings) -> None:
    settings = change(settings, "web", signing_key=SecretStr(""))

    assert (await found(settings, "links")).level == "warning"


async def test_a_bot_that_sells_nothing_is_told_so_once(settings: Settings) -> None:
    settings = settings.model_copy(update={"razorpay": type(RAZORPAY)(enabled=False)})
    finding = await found(settings, "razorpay")

    assert finding.level == "warning"
    assert not any(f.subject == "webhook" for f in await examine(settings))


async def test_a_shop_without_plans_is_serious(settings: Settings) -> None:
    assert (await found(settings.model_copy(update={"plans": ()}), "plans")).is_serious


async def test_a_bot_without_a_platform_is_serious(settings: Settings) -> None:
    settings = change(settings, "telegram", enabled=False)

    assert (await found(settings, "chat")).is_serious


@pytest.mark.parametrize(
    ("token", "words"), [("", "HUB_TELEGRAM__TOKEN"), ("1:wrong", "not accepted")]
)
async def test_a_telegram_token_that_is_missing_or_wrong_is_serious(
    settings: Settings, token: str, words: str
) -> None:
    finding = await found(change(settings, "telegram", token=SecretStr(token)), "telegram")

    assert finding.is_serious
    assert words in finding.words


async def test_a_telegram_that_does_not_answer_is_serious(settings: Settings) -> None:
    finding = await found(change(settings, "telegram", api_base_url=NOWHERE), "telegram")

    assert finding.is_serious
    assert "network" in finding.words


async def test_a_discord_bot_is_greeted(settings: Settings, sandbox: str) -> None:
    base = f"{sandbox}/api/v10"
    settings = settings.model_copy(
        update={"discord": DiscordSettings(enabled=True, api_base_url=base)}
    )
    assert "HUB_DISCORD__TOKEN" in (await found(settings, "discord")).words
    settings = change(settings, "discord", token=SecretStr("wrong"))
    assert "not accepted" in (await found(settings, "discord")).words
    settings = change(settings, "discord", api_base_url=NOWHERE)

    assert "network" in (await found(settings, "discord")).words


@pytest.mark.parametrize(
    ("key", "secret", "words"),
    [("", "", "HUB_RAZORPAY__KEY_ID"), ("rzp_test_x", "wrong", "not accepted")],
)
async def test_razorpay_keys_that_are_missing_or_wrong_are_serious(
    settings: Settings, key: str, secret: str, words: str
) -> None:
    changed = change(settings, "razorpay", key_id=SecretStr(key), key_secret=SecretStr(secret))
    finding = await found(changed, "razorpay")

    assert finding.is_serious
    assert words in finding.words


async def test_a_razorpay_that_does_not_answer_is_serious(settings: Settings) -> None:
    assert (await found(change(settings, "razorpay", api_base_url=NOWHERE), "razorpay")).is_serious


async def test_test_keys_are_called_what_they_are(settings: Settings) -> None:
    assert "no real money" in (await found(settings, "razorpay")).words


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, "good"), (50, "good"), (90, "bad"), (-90, "bad")]
)
def test_a_clock_that_is_wrong_is_serious(
    monkeypatch: pytest.MonkeyPatch, seconds: int, level: str
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000 + seconds)

    assert doctor._clock(formatdate(1_800_000_000, usegmt=True)).level == level


def test_a_clock_that_nobody_can_compare_is_a_warning() -> None:
    assert doctor._clock(None).level == "warning"


async def test_a_missing_model_is_named_with_its_folder(
    settings: Settings, engine: type[ExaminedEngine]
) -> None:
    engine.error = ModelMissingError("data/models/none", "engine.preview_model")
    finding = await found(settings, "engine")

    assert finding.is_serious
    assert "data/models/none: set engine.preview_model" in finding.words


async def test_an_engine_that_does_not_start_is_serious(
    settings: Settings, engine: type[ExaminedEngine]
) -> None:
    engine.error = EngineCrashedError(4)

    assert (await found(settings, "engine")).is_serious


async def test_a_machine_without_a_gpu_is_told_that_it_is_slow(
    settings: Settings, engine: type[ExaminedEngine]
) -> None:
    assert (await found(settings, "engine")).level == "good"
    engine.health = EngineHealth(True, "/models/tiny-sd", "cpu", "float32", 0, 0, 0)
    finding = await found(settings, "engine")

    assert finding.level == "warning"
    assert "tiny-sd on cpu" in finding.words


STUDIO = BackendSettings(name="studio", kind="automatic1111", url=NOWHERE)
LOCAL = BackendSettings(name="local", kind="local")


async def test_each_back_end_is_asked_and_one_that_can_draw_is_enough(
    settings: Settings, sandbox: str, engine: type[ExaminedEngine]
) -> None:
    engine.error = ModelMissingError("models/none")
    studio = STUDIO.model_copy(update={"url": f"{sandbox}/backends/automatic1111"})
    secrets = {"studio": SecretStr(f"{USER}:{PASSWORD}")}
    chain = settings.model_copy(update={"backends": (LOCAL, studio), "backend_secrets": secrets})

    assert (await found(chain, "engine")).level == "warning"
    well = await found(chain, "back end")
    assert (well.level, well.words) == (
        "good",
        "studio draws with pretended-v1.safetensors [0000000000]",
    )


async def test_a_chain_of_which_nobody_can_draw_is_serious(settings: Settings) -> None:
    silent = settings.model_copy(update={"backends": (STUDIO,)})

    finding = await found(silent, "back end")
    assert finding.is_serious
    assert "unreachable" in finding.words
    assert "HUB_BACKEND_SECRETS__STUDIO" in finding.words


async def test_a_back_end_that_only_drawing_can_test_is_no_more_than_likely(
    settings: Settings,
) -> None:
    named = BackendSettings(name="hf", kind="huggingface", model="owner/model")

    assert (await found(settings.model_copy(update={"backends": (named,)}), "back end")).level == (
        "warning"
    )
