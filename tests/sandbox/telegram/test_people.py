from telegram import Bot, ChatMember

from sandbox.client import Person, SandboxClient
from sandbox.world import GROUP


async def texts(bot: Bot) -> list[str | None]:
    return [u.message.text for u in await bot.get_updates() if u.message]


async def test_a_command_is_marked_as_one(bot: Bot, asha: Person) -> None:
    await asha.say("/image a fox")
    message = (await bot.get_updates())[-1].message
    assert message
    assert message.entities[0].type == "bot_command"
    assert message.parse_entity(message.entities[0]) == "/image"
    assert message.from_user
    assert message.from_user.language_code == "en"


async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(
    bot: Bot, client: SandboxClient
) -> None:
    asha = client.person("asha", "friends")
    ravi = client.person("ravi", "friends")
    await asha.say("Shall we ask the bot?")
    await asha.say("/image@other_bot a fox")
    await asha.say("@sandbox_hub_bot hello")
    await ravi.say("/image@Sandbox_Hub_Bot a fox")
    await ravi.say("/help")
    assert await texts(bot) == ["/image@Sandbox_Hub_Bot a fox", "/help"]


async def test_in_a_group_a_reply_to_the_bot_is_heard(bot: Bot, client: SandboxClient) -> None:
    ravi = client.person("ravi", "friends")
    await bot.send_message(GROUP.id, "Which style?")
    question = await ravi.wait("Which style?")
    await ravi.say("Anime", reply_to=question)
    message = (await bot.get_updates())[-1].message
    assert message
    assert message.text == "Anime"
    assert message.reply_to_message
    assert message.reply_to_message.message_id == question.id


async def test_blocking_is_told_as_a_change_of_membership(bot: Bot, asha: Person) -> None:
    await asha.block()
    await asha.block(blocked=False)
    left, came = (u.my_chat_member for u in (await bot.get_updates())[-2:])
    assert left
    assert came
    assert left.new_chat_member.status == ChatMember.BANNED
    assert came.new_chat_member.status == ChatMember.MEMBER
