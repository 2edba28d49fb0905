from handlers.asking import UnknownTargetError
from tests.doubles.hub import ASHA, OPERATOR, OPERATOR_ELSEWHERE, Hub, presses, said


async def test_only_who_asked_can_answer_and_only_once(hub: Hub) -> None:
    await hub.call("start", user=ASHA)
    await hub.grant()
    yes, no = presses(await hub.call("admin", "grant 1 flash 1 sorry", OPERATOR))
    assert yes
    assert no

    assert "somebody else" in said(await hub.press(yes, OPERATOR_ELSEWHERE))
    assert "Left alone" in said(await hub.press(no, OPERATOR))
    assert "answered before" in said(await hub.press(yes, OPERATOR))
    assert "nothing to show" in said(await hub.press("v1:admin_confirm:adm_0", OPERATOR))


def test_an_unknown_target_is_named() -> None:
    assert UnknownTargetError("pay_0").target == "pay_0"
