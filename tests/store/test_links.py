from store import jobs, links, users
from store.database import Database, Transaction
from store.jobs import Job
from store.links import LinkCode
from tests.doubles.database import undone
from tests.doubles.rows import an_hour, an_order, rows_of


async def two(tx: Transaction) -> tuple[int, int]:
    asha = await users.add(tx, "telegram", "1", "Asha", "en", 1)
    ravi = await users.add(tx, "discord", "2", "Ravi", "en", 1)
    return asha.id, ravi.id


async def test_all_that_refers_to_a_user_moves(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        taker, giver = await two(tx)
        hour = await an_hour(tx, await an_order(tx, giver))
        place = await users.conversation(tx, giver, "discord", "5", "", 1)
        await jobs.add(tx, Job("job_1", giver, hour.id, place, "image", "queued", {}, 1, 1))
        before = await rows_of(tx, giver)

        moved = await links.move(tx, giver, taker)

        assert moved == sum(before.values()) == 5
        assert await rows_of(tx, giver) == {}
        assert len(await links.identities_of(tx, taker)) == 2

    await undone(database, scenario)


async def test_two_conversations_in_one_place_become_one(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        taker, giver = await two(tx)
        hour = await an_hour(tx, await an_order(tx, giver))
        kept = await users.conversation(tx, taker, "discord", "5", "", 1)
        doubled = await users.conversation(tx, giver, "discord", "5", "", 1)
        other = await users.conversation(tx, giver, "discord", "6", "", 1)
        for number, place in enumerate((doubled, other)):
            job = Job(f"job_{number}", giver, hour.id, place, "image", "queued", {}, 1, 1)
            await jobs.add(tx, job)

        await links.move(tx, giver, taker)

        moved = [await jobs.get(tx, job_id) for job_id in ("job_0", "job_1")]
        assert [job.conversation_id for job in moved if job] == [kept, other]

    await undone(database, scenario)


async def test_a_used_code_takes_the_others_of_both_with_it(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        taker, giver = await two(tx)
        stranger = await users.add(tx, "telegram", "3", "Meera", "en", 1)
        made = [
            LinkCode("lnk_1", "one", "telegram", taker, 600),
            LinkCode("lnk_2", "two", "discord", giver, 600),
            LinkCode("lnk_3", "three", "telegram", stranger.id, 600),
        ]
        for code in made:
            await links.add(tx, code, 1)
        await links.claim(tx, "lnk_1", giver, 700)
        claimed = await links.get(tx, "lnk_1")
        assert claimed

        await links.use(tx, claimed, 9)

        used = await links.find(tx, "one")
        assert used
        assert (used.claimed_by, used.expires_at, used.used_at) == (giver, 700, 9)
        assert await links.get(tx, "lnk_2") is None
        assert await links.find(tx, "three") == made[2]

    await undone(database, scenario)


async def test_old_codes_and_old_mistakes_are_forgotten(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        taker, giver = await two(tx)
        await links.add(tx, LinkCode("lnk_1", "one", "telegram", taker, 600), 1)
        await links.add_wrong_code(tx, "telegram", "1", 5, 0)
        later = 600 + links.KEPT_S

        await links.add(tx, LinkCode("lnk_2", "two", "discord", giver, later + 600), later)
        await links.add_wrong_code(tx, "telegram", "1", later, later - 600)

        assert await links.find(tx, "one") is None
        assert await links.wrong_codes_since(tx, "telegram", "1", 0) == [later]
        assert await links.wrong_codes_since(tx, "discord", "1", 0) == []

    await undone(database, scenario)


async def test_a_separated_identity_has_a_user_that_owns_nothing_else(database: Database) -> None:
    async def scenario(tx: Transaction) -> None:
        taker, giver = await two(tx)
        await links.move(tx, giver, taker)
        (identity, _) = await links.identities_of(tx, taker)

        alone = await links.separate(tx, identity, "hi", 9)

        assert alone not in (taker, giver)
        assert await links.identities_of(tx, alone) == [identity]
        assert await rows_of(tx, alone) == {"identities.user_id": 1}
        assert await users.language_of(tx, alone) == "hi"

    await undone(database, scenario)
