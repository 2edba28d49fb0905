import pytest
from pydantic import ValidationError

from billing.business import WANTED, BusinessSettings


def test_what_is_missing_is_named() -> None:
    assert BusinessSettings().missing == WANTED
    filled = BusinessSettings(name="Kaveri", state="Karnataka", effective_date="2026-04-01")
    assert filled.missing == ("address", "email", "phone", "grievance_officer")


def test_a_gstin_belongs_to_its_state() -> None:
    whole = BusinessSettings(gstin="27AAPFU0939F1ZV", state="Maharashtra")
    assert whole.gstin

    with pytest.raises(ValidationError, match="must be Maharashtra"):
        BusinessSettings(gstin="27AAPFU0939F1ZV", state="Goa")
    with pytest.raises(ValidationError, match="must be Maharashtra"):
        BusinessSettings(gstin="27AAPFU0939F1ZV")


@pytest.mark.parametrize(
    "wrong", [{"state": "Atlantis"}, {"gstin": "27AAPFU0939F1ZA"}, {"effective_date": "1 April"}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        BusinessSettings.model_validate(wrong)
