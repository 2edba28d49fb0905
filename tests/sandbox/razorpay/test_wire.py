import json

from sandbox.razorpay.wire import JsonObject, callback_signature, go_json, php_json, sign

SECRET = "thisissecret_for_tests_only"
EVENT: JsonObject = {
    "entity": "event",
    "account_id": "acc_OU2H3nkLn9jDVo",
    "event": "payment_link.paid",
    "contains": ["payment_link"],
    "payload": {"note": "a/b ₹"},
    "created_at": 1749618314,
}
EVENT_SIGNATURE = "a0632e3449cc129c5ee88eee215b6e1868847a8beedbb0e47d31834c473b34db"


def test_the_callback_signature_is_that_of_razorpays_own_test() -> None:
    signature = callback_signature(
        "plink_IH3cNucfVEgV68",
        "TSsd1989",
        "paid",
        "pay_IH3d0ara9bSsjQ",
        "EnLs21M47BllR3X8PSFtjtbd",
    )
    assert signature == "07ae18789e35093e51d0a491eb9922646f3f82773547e5b0f67ee3f2d3bf7d5b"


def test_a_callback_without_reference_is_signed_with_nothing_between_the_bars() -> None:
    signature = callback_signature("plink_QflcnnZqCekuvL", "", "paid", "pay_Qfldmt5StKZFCB", SECRET)
    assert signature == "ab9f7fcb0074a0a0950de2ea7454d0b79fafd4223adecd84d523e105602c8ce8"


def test_an_events_signature_covers_its_escapes() -> None:
    body = php_json(EVENT)
    assert rb"a\/b \u20b9" in body
    assert sign(body, "whsec_for_tests_only") == EVENT_SIGNATURE


def test_a_body_written_again_has_another_signature() -> None:
    parsed = json.loads(php_json(EVENT))
    for again in (
        json.dumps(parsed),
        json.dumps(parsed, separators=(",", ":")),
        json.dumps(parsed, separators=(",", ":"), ensure_ascii=False),
    ):
        assert sign(again.encode(), "whsec_for_tests_only") != EVENT_SIGNATURE


def test_go_sorts_keys_and_escapes_for_html_but_leaves_slashes_and_rupees() -> None:
    assert go_json({"b": "a/b ₹", "a": "<&>"}) == (
        '{"a":"\\u003c\\u0026\\u003e","b":"a/b ₹"}'.encode()
    )
