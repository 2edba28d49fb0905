import json

import pytest

from chat.model import BUTTON_BYTES_MAX, Address, Button, Media


def test_an_address_survives_being_stored() -> None:
    address = Address("telegram", "-100", private=False, thread="4", reply_to="9", message="12")

    assert Address.from_json(json.loads(json.dumps(address.to_json()))) == address


def test_a_button_does_one_thing() -> None:
    for given in ({}, {"press": "v1:help:", "url": "https://hub.example"}):
        with pytest.raises(AssertionError):
            Button("Help", **given)


def test_what_a_button_carries_fits_telegram_in_bytes() -> None:
    prefix = "v1:again:"
    Button("Again", press=prefix + "x" * (BUTTON_BYTES_MAX - len(prefix)))
    with pytest.raises(AssertionError):
        Button("Again", press=prefix + "त" * 20)


def test_the_bytes_of_a_picture_are_kept_out_of_logs() -> None:
    media = Media("photo", "fox.png", b"secret picture", 1, 1, alt="a fox", thumbnail=b"secret")

    assert "secret" not in repr(media)
