from bot.finding import Finding


def test_a_finding_is_a_line_with_a_mark() -> None:
    assert str(Finding("good", "disk", "plenty")) == "✓ disk      plenty"
    assert Finding("bad", "disk", "full").is_serious
    assert not Finding("warning", "disk", "small").is_serious
