"""Who sells: what the law wants customers to know of the operator."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from billing.gst import STATES, is_gstin

WANTED = ("name", "address", "email", "phone", "grievance_officer", "state", "effective_date")
"""What every seller must publish; a GSTIN only those have who are registered."""


class BusinessSettings(BaseModel):
    """The `[business]` table of config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    """The legal name."""
    address: str = ""
    email: str = ""
    phone: str = ""
    grievance_officer: str = ""
    """Who answers complaints."""
    gstin: str = ""
    """Empty when the operator is not registered: then no tax is shown anywhere."""
    state: str = ""
    """The State that the operator supplies from."""
    sac: str = Field(default="998439", pattern=r"^\d{6}$")
    """The service's code on tax invoices."""
    effective_date: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    """Since when the terms hold."""

    @field_validator("state")
    @classmethod
    def _state_exists(cls, state: str) -> str:
        if state and state not in STATES.values():
            raise ValueError(f"must be one of {', '.join(STATES.values())}")
        return state

    @field_validator("gstin")
    @classmethod
    def _gstin_is_whole(cls, gstin: str) -> str:
        if gstin and not is_gstin(gstin):
            raise ValueError("is no GSTIN: its last character does not fit the others")
        return gstin

    @model_validator(mode="after")
    def _gstin_is_of_the_state(self) -> Self:
        if self.gstin and STATES[self.gstin[:2]] != self.state:
            raise ValueError(f"state must be {STATES[self.gstin[:2]]}, as the GSTIN says")
        return self

    @property
    def missing(self) -> tuple[str, ...]:
        """What has still to be filled in before anything is sold."""
        return tuple(field for field in WANTED if not getattr(self, field))
