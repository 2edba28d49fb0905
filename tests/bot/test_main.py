import sys
from pathlib import Path

import pytest

from bot import __main__ as program
from bot.finding import Finding
from bot.settings import Settings
from chat.errors import TokenRejectedError
from store.errors import DatabaseInUseError
from store.migrate import newest, revision_of


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of a hub that was just unpacked."""
    config = tmp_path / "config.toml"
    config.write_text("")
    database = f"sqlite:///{tmp_path}/data/hub.db"
    monkeypatch.setenv("HUB_CONFIG", str(config))
    monkeypatch.setenv("HUB_STORE__DATABASE_URL", database)
    return database


def bot(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bot", *arguments])
    return program.main()


def test_migrate_makes_the_database_and_twice_is_as_good_as_once(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bot(monkeypatch, "migrate") == 0
    assert bot(monkeypatch, "migrate") == 0
    assert revision_of(url) == newest()
    assert newest() in capsys.readouterr().out


def test_without_a_database_the_bot_says_what_to_do(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert url
    assert bot(monkeypatch) == 2
    assert "python -m bot migrate" in capsys.readouterr().err


def test_the_bot_runs_when_no_command_is_given(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    async def run(settings: Settings) -> None:
        ran.append(settings.store.database_url)

    monkeypatch.setattr(program, "run", run)
    bot(monkeypatch, "migrate")

    assert bot(monkeypatch) == 0
    assert bot(monkeypatch, "run") == 0
    assert ran == [url, url]


@pytest.mark.parametrize(
    "error", [TokenRejectedError("telegram"), DatabaseInUseError(Path("hub.db"))]
)
def test_what_only_the_operator_can_mend_is_one_line_and_no_traceback(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    async def run(_settings: Settings) -> None:
        raise error

    assert url
    monkeypatch.setattr(program, "run", run)
    bot(monkeypatch, "migrate")

    assert bot(monkeypatch) == 2
    assert capsys.readouterr().err == f"{error}\n"


@pytest.mark.parametrize(("level", "status"), [("good", 0), ("warning", 0), ("bad", 1)])
def test_the_doctor_prints_a_line_each_and_fails_when_something_is_serious(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    level: str,
    status: int,
) -> None:
    async def examine(_settings: Settings) -> list[Finding]:
        return [
            Finding("good", "disk", "plenty"),
            Finding(level, "engine", "is so"),  # type: ignore[arg-type]  # parametrized
        ]

    assert url
    monkeypatch.setattr(program, "examine", examine)

    assert bot(monkeypatch, "doctor") == status
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_wrong_settings_are_named(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert url
    monkeypatch.setenv("HUB_WEB__PROT", "1")

    assert bot(monkeypatch, "doctor") == 2
    assert capsys.readouterr().err == "web.prot: no such setting\n"


def test_a_database_of_another_kind_is_named(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert url
    monkeypatch.setenv("HUB_STORE__DATABASE_URL", "postgresql://u:hunter2@db/hub")

    assert bot(monkeypatch, "migrate") == 2
    words = capsys.readouterr().err
    assert "sqlite:///" in words
    assert "hunter2" not in words


def test_an_unknown_command_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert url
    with pytest.raises(SystemExit) as ended:
        bot(monkeypatch, "dance")

    assert ended.value.code == 2
    assert "migrate" in capsys.readouterr().err
