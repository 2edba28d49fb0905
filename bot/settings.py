"""config.toml and the environment, made into one frozen Settings. The only reader of either."""

import os
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnreadableEnvironmentError

from billing.business import BusinessSettings
from billing.hours import HoursSettings
from billing.plans import Plan
from billing.razorpay import RazorpaySettings
from billing.refunds import RefundSettings
from billing.stars import StarSettings
from engine.backend import BackendSettings, checked
from engine.engine import EngineSettings
from handlers.blocklist import SafetySettings
from handlers.settings import ImageSettings, VideoSettings

SECRETS = (
    "telegram.token",
    "telegram.webhook_secret",
    "discord.token",
    "razorpay.key_id",
    "razorpay.key_secret",
    "razorpay.webhook_secret",
    "razorpay.previous_webhook_secret",
    "web.signing_key",
)
"""What only the environment may hold."""


class SettingsError(Exception):
    """The settings cannot be used; one line for each thing to mend."""


class Section(BaseModel):
    """A table of config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TelegramSettings(Section):
    """The `[telegram]` table."""

    enabled: bool = True
    api_base_url: str = "https://api.telegram.org"
    mode: Literal["polling", "webhook"] = "polling"
    token: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")


class DiscordSettings(Section):
    """The `[discord]` table."""

    enabled: bool = False
    api_base_url: str = "https://discord.com/api/v10"
    gateway_url: str = "wss://gateway.discord.gg/"
    token: SecretStr = SecretStr("")


class StoreSettings(Section):
    """The `[store]` table."""

    database_url: str = "sqlite:///data/hub.db"
    media_url: str = "file:data/media"


class WebSettings(Section):
    """The `[web]` table."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    signing_key: SecretStr = SecretStr("")


class PlanSettings(Section):
    """One entry of `[[plans]]`, from the smallest to the largest."""

    id: str = Field(pattern="^[a-z0-9-]{1,24}$")
    name: str
    price_paise: int = Field(ge=100)
    tokens: int = Field(ge=0)
    images: int = Field(ge=0)
    videos: int = Field(ge=0)
    delay_s: int = Field(default=0, ge=0)
    stars: int | None = Field(default=None, ge=1, le=10_000)


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    admins: tuple[str, ...] = ()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    razorpay: RazorpaySettings = RazorpaySettings()
    stars: StarSettings = StarSettings()
    business: BusinessSettings = BusinessSettings()
    refunds: RefundSettings = RefundSettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    engine: EngineSettings = EngineSettings()
    backends: Annotated[tuple[BackendSettings, ...], AfterValidator(checked)] = ()
    backend_secrets: Mapping[str, SecretStr] = {}
    images: ImageSettings = ImageSettings()
    videos: VideoSettings = VideoSettings()
    safety: SafetySettings = SafetySettings()
    hours: HoursSettings = HoursSettings()
    plans: tuple[PlanSettings, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file."""
        file = TomlConfigSettingsSource(settings_cls, config_path())
        return init_settings, env_settings, file

    @field_validator("plans")
    @classmethod
    def _plans_are_told_apart(cls, plans: tuple[PlanSettings, ...]) -> tuple[PlanSettings, ...]:
        counted = Counter(plan.id for plan in plans)
        if repeated := [plan_id for plan_id, times in counted.items() if times > 1]:
            raise ValueError(f"{repeated[0]} is there twice")
        return plans

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if self.stars.only and not self.star_prices():
            raise ValueError("stars.only needs a plan with a price in stars")
        if (free := self.hours.trial_plan) not in {"", *(plan.id for plan in self.plans)}:
            raise ValueError(f"hours.trial_plan {free} is no plan on sale")
        if self.telegram.enabled and self.telegram.mode == "webhook":
            if not self.web.public_url:
                raise ValueError("telegram.mode webhook needs web.public_url")
            if not self.telegram.webhook_secret.get_secret_value():
                raise ValueError("telegram.mode webhook needs HUB_TELEGRAM__WEBHOOK_SECRET")
        return self

    def plans_on_sale(self) -> tuple[Plan, ...]:
        """The plans, ranked by their place in the file."""
        return tuple(
            Plan(rank=rank, **plan.model_dump(exclude={"stars"}))
            for rank, plan in enumerate(self.plans)
        )

    def star_prices(self) -> dict[str, int]:
        """What an hour costs in Telegram's Stars, for the plans that are sold for them."""
        return {plan.id: plan.stars for plan in self.plans if plan.stars is not None}

    def secrets_of_backends(self) -> dict[str, str]:
        """What each back end wants to hear before it draws."""
        return {name: secret.get_secret_value() for name, secret in self.backend_secrets.items()}

    def admins_of(self, platform: str) -> tuple[str, ...]:
        """The admins' ids on one platform."""
        named = (admin.partition(":") for admin in self.admins)
        return tuple(user for where, _, user in named if where == platform)


def load_settings() -> Settings:
    """Read config.toml and the environment.

    Raises:
        SettingsError: A key is unknown, a value is wrong, or a secret stands in the file.
    """
    path = config_path()
    problems = [*_unknown_environment(), *_secrets_in(_written(path))]
    if problems:
        raise SettingsError("\n".join(problems))
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_line(problem) for problem in error.errors())) from None
    except UnreadableEnvironmentError as error:
        raise SettingsError(str(error)) from None


def config_path() -> Path:
    """The file in force."""
    return Path(os.environ.get("HUB_CONFIG", "config.toml"))


def _line(problem: ErrorDetails) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    words = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        words = "no such setting"
    return f"{key}: {words}" if key else words


def _unknown_environment() -> list[str]:
    known = {f"HUB_{name.upper()}" for name in Settings.model_fields} | {"HUB_CONFIG"}
    given = (name for name in os.environ if name.startswith("HUB_"))
    return [f"{name}: no such setting" for name in given if name.partition("__")[0] not in known]


def _written(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        words = f"{path}: {error.strerror}; HUB_CONFIG can name another file"
        raise SettingsError(words) from None
    except ValueError as error:
        raise SettingsError(f"{path} is no TOML: {error}") from None


def _secrets_in(written: Mapping[str, Any]) -> list[str]:
    named = [*SECRETS, *(f"backend_secrets.{name}" for name in written.get("backend_secrets", ()))]
    return [
        f"{secret} is a secret: set HUB_{secret.upper().replace('.', '__')} in the environment"
        for secret in named
        for section, _, key in [secret.partition(".")]
        if isinstance(table := written.get(section), dict) and key in table
    ]
