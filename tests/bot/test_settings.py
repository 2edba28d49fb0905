import os
from pathlib import Path

import pytest

from bot.settings import SECRETS, SettingsError, load_settings

ROOT = Path(__file__).parents[2]
PLAN = """
[[plans]]
id = "{}"
name = "Flash"
price_paise = 10000
tokens = 1
images = 8
videos = 1
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("HUB_"):
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty config.toml."""
    path = tmp_path / "hub.toml"
    path.write_text("")
    monkeypatch.setenv("HUB_CONFIG", str(path))
    return path


def complaint(config: Path, written: str = "") -> str:
    config.write_text(written)
    with pytest.raises(SettingsError) as error:
        load_settings()
    return str(error.value)


def test_the_shipped_file_loads_and_sells_three_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    settings = load_settings()

    assert [(plan.id, plan.price_paise, plan.images) for plan in settings.plans_on_sale()] == [
        ("flash-lite", 5000, 3),
        ("flash", 10_000, 8),
        ("pro", 20_000, 15),
    ]
    assert [plan.rank for plan in settings.plans_on_sale()] == [0, 1, 2]
    assert next(iter(settings.images.shapes)) == "square"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('[web]\nport = 1234\nhost = "0.0.0.0"\n')
    monkeypatch.setenv("HUB_WEB__PORT", "8081")
    settings = load_settings()

    assert settings.web.port == 8081
    assert settings.web.host == "0.0.0.0"
    assert settings.web.public_url == ""


def test_tables_and_lists_can_come_from_the_environment(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("")
    monkeypatch.setenv("HUB_IMAGES__SHAPES", '{"tiny": [64, 64]}')
    monkeypatch.setenv("HUB_ADMINS", '["telegram:1", "discord:2", "telegram:3"]')
    settings = load_settings()

    assert dict(settings.images.shapes) == {"tiny": (64, 64)}
    assert settings.admins_of("telegram") == ("1", "3")


def test_an_unknown_key_in_the_file_is_named(config: Path) -> None:
    assert complaint(config, "[web]\nprot = 1\n") == "web.prot: no such setting"
    assert complaint(config, "[wbe]\nport = 1\n") == "wbe: no such setting"


def test_an_unknown_key_in_the_environment_is_named(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_WEB__PROT", "1")
    assert complaint(config) == "web.prot: no such setting"
    monkeypatch.setenv("HUB_TELEGRAM_TOKEN", "1:x")
    assert "HUB_TELEGRAM_TOKEN: no such setting" in complaint(config)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_the_file_is_refused_and_the_right_place_named(
    config: Path, secret: str
) -> None:
    section, _, key = secret.partition(".")
    words = complaint(config, f'[{section}]\n{key} = "hunter2"\n')

    assert f"HUB_{section.upper()}__{key.upper()}" in words
    assert "hunter2" not in words


def test_secrets_are_shown_nowhere(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text("")
    for secret in SECRETS:
        name = f"HUB_{secret.upper().replace('.', '__')}"
        monkeypatch.setenv(name, "hunter2")
    settings = load_settings()

    assert settings.telegram.token.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("[web]\nport = 70000", "web.port: "),
        ('[web]\nport = "http"', "web.port: "),
        ('[telegram]\nmode = "pigeons"', "telegram.mode: "),
        ("telegram = 5", "telegram: "),
        ("[images]\nshapes = {}", "images.shapes: there must be"),
        ('[images]\nsampler = "magic"', "images.sampler: must be one of"),
        ("[images]\nsteps = 0", "images.steps: "),
        ("[images]\nprompt_length_max = 5000", "images.prompt_length_max: "),
        ("[hours]\nkeep_days = 0", "hours.keep_days: "),
        (PLAN.format("Flash!"), "plans.0.id: "),
        (PLAN.format("flash") + PLAN.format("flash"), "plans: flash is there twice"),
        ('[hours]\ntrial_plan = "gold"', "hours.trial_plan gold is no plan on sale"),
        (PLAN.format("flash").replace("10000", "99.5"), "plans.0.price_paise: "),
        ("not toml at all", "is no TOML"),
    ],
)
def test_a_wrong_value_is_named(config: Path, written: str, named: str) -> None:
    words = complaint(config, written)

    assert named in words
    assert len(words.splitlines()) == 1


def test_every_problem_has_a_line_of_its_own(config: Path) -> None:
    words = complaint(config, "[web]\nport = -1\nprot = 1\n[hours]\nkeep_days = 0\n")

    assert len(words.splitlines()) == 3


@pytest.mark.parametrize("what", ["missing", "a folder"])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path = tmp_path if what == "a folder" else tmp_path / "none.toml"
    monkeypatch.setenv("HUB_CONFIG", str(path))
    with pytest.raises(SettingsError, match=r"HUB_CONFIG can name another file"):
        load_settings()


def test_an_environment_that_is_no_json_is_named_without_its_value(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TELEGRAM", "hunter2")
    words = complaint(config)

    assert "telegram" in words
    assert "hunter2" not in words


def test_webhooks_need_an_address_and_a_secret(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = '[telegram]\nmode = "webhook"\n'
    assert "web.public_url" in complaint(config, webhook)
    webhook += '[web]\npublic_url = "https://hub.example"\n'
    assert "HUB_TELEGRAM__WEBHOOK_SECRET" in complaint(config, webhook)
    monkeypatch.setenv("HUB_TELEGRAM__WEBHOOK_SECRET", "s" * 32)
    config.write_text(webhook)

    assert load_settings().telegram.mode == "webhook"


def test_settings_cannot_be_changed_afterwards(config: Path) -> None:
    config.write_text("")
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1


def test_back_ends_keep_their_order_and_their_secrets_come_from_the_environment(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(
        '[[backends]]\nname = "studio"\nkind = "sdnext"\nurl = "http://10.0.0.5:7860"\n'
        '[[backends]]\nname = "local"\nkind = "local"\n'
    )
    monkeypatch.setenv("HUB_BACKEND_SECRETS__STUDIO", "hub:paint-box")
    settings = load_settings()

    assert [each.name for each in settings.backends] == ["studio", "local"]
    assert settings.secrets_of_backends() == {"studio": "hub:paint-box"}
    assert "paint-box" not in repr(settings)


def test_a_back_ends_secret_in_the_file_is_refused(config: Path) -> None:
    said = complaint(config, '[backend_secrets]\nstudio = "hub:paint-box"\n')

    assert said == (
        "backend_secrets.studio is a secret: set HUB_BACKEND_SECRETS__STUDIO in the environment"
    )


def test_a_back_end_that_cannot_be_spoken_to_is_named(config: Path) -> None:
    said = complaint(config, '[[backends]]\nname = "studio"\nkind = "sdnext"\n')

    assert said == "backends: studio needs a url"
