"""A watcher among others: it ends what others began, helps who is away, and is not held up by anybody."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from fedsol.demo.cheats import WrongAggregator, withholding
from fedsol.program import Round
from fedsol.program import instructions as ix
from fedsol.roles import Answerer, Member, Role, Trainer, Watcher
from fedsol.roles.answerer import answering_steps
from fedsol.roles.claims import Doubt, Proof
from fedsol.roles.disputes import Dispute
from fedsol.roles.member import Snapshot
from fedsol.roles.proving import Prover
from fedsol.roles.scene import Scene, read_scene
from fedsol.roles.verdicts import Case, resolving_step
from tests.stories.watched import BOND, BUDGET, LARGE, PURSE, SEARCHABLE, STAKE, Watched, watched

LOST = 1_000 + (STAKE - 1_000) // 2  # by who posted a wrong aggregate
FINDERS_PART = LOST // 5


@dataclass
class Once:
    """Does one thing, when an aggregate stands."""

    member: Member
    act: Callable[[Member, Scene], Awaitable[object]]
    done: bool = field(default=False)

    async def step(self, now: Snapshot) -> bool:
        if self.done or now.round is None or now.round.phase.kind != "Challenge":
            return False
        self.done = True
        await self.act(
            self.member, await read_scene(self.member.chain, self.member.federation, now)
        )
        return True


async def somebody(town: Watched, name: str) -> Member:
    """Somebody with stake tokens and no participant."""
    town.keys[name] = await town.sandbox.wallet(stake=PURSE)
    return town.observer(name)


def demanding(town: Watched, whom: str) -> Callable[[Member, Scene], Awaitable[object]]:
    """Demands the first chunk of somebody's update."""

    async def act(member: Member, scene: Scene) -> object:
        accused = town.people[whom].member.participant
        target = next(key for key, one in scene.submissions.items() if one.participant == accused)
        doubt = Doubt(accused, target, 0, "to annoy", narrows=False)
        return await Prover(member).demand(scene, doubt)

    return act


def claiming(town: Watched, whom: str) -> Callable[[Member, Scene], Awaitable[object]]:
    """Claims that somebody's update lies, and shows nothing."""

    async def act(member: Member, scene: Scene) -> object:
        accused = town.people[whom].member.participant
        target = next(key for key, one in scene.submissions.items() if one.participant == accused)
        step = ix.challenge_open(
            member.federation, scene.number, member.owner, ix.lying_norm(0), target=target
        )
        return await member.chain.send([step], [member.key])

    return act


async def proving(member: Member, scene: Scene) -> object:
    """Proves the wrong aggregate, and does not ask for the verdict."""
    watcher = Watcher(member, BUDGET)
    await watcher.review(scene)
    (proof,) = await watcher.inspector.look(scene)
    assert isinstance(proof, Proof)
    watcher.docket.begin(scene, proof, watcher.prover.address(scene, None))
    opening = ix.challenge_open(member.federation, scene.number, member.owner, proof.kind)
    await member.chain.send([opening], [member.key])
    return await watcher.prover._show(watcher.prover._missing(scene, proof, None))


async def resolving(member: Member, scene: Scene) -> object:
    """Asks for the verdict of the one dispute, and leaves its tokens where they are."""
    (dispute,) = scene.disputes
    account = dispute.account
    case = Case(account.challenger, account.accused, None)
    step = await resolving_step(member.chain, member.federation, scene, case)
    return await member.chain.send([step], [member.key])


def wrong_model(town: Watched) -> dict[str, list[Role]]:
    member = town.people["eve"].member
    mine = [town.role("eve", Trainer), town.role("eve", Answerer), WrongAggregator(member, 5)]
    return {"eve": mine, **town.others_post_later("eve")}


async def test_an_author_who_is_away_is_answered_for(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben") as town:
        griefer = await somebody(town, "griefer")
        away = [one for one in town.people["ada"].roles if not isinstance(one, Answerer)]
        result = await town.round([Once(griefer, demanding(town, "ada")), town.watcher], ada=away)
        assert (result.settled, result.accepted) == (True, 2)
        assert await town.stake_of("ada") == STAKE + BOND // 5
        assert await town.tokens("griefer") == PURSE - BOND
        assert await town.gained() == 0
        await town.assert_nothing_open()


@dataclass
class Reader:
    """Somebody who notes in which slots an answer could be read in its demand's account."""

    member: Member
    slots: set[int] = field(default_factory=set)

    async def step(self, now: Snapshot) -> bool:
        if now.round is not None and now.round.disputes:
            scene = await read_scene(self.member.chain, self.member.federation, now)
            if any(one.shown is not None for one in scene.disputes):
                self.slots.add(now.clock.slot)
        return False


async def test_an_answer_stays_as_long_as_who_asked_may_want_to_read_it(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben") as town:
        griefer, reader = await somebody(town, "griefer"), Reader(await somebody(town, "reader"))
        await town.round([reader, Once(griefer, demanding(town, "ada")), town.watcher])
        # A dispute lasts five slots at least, and the answer came at once.
        assert max(reader.slots) - min(reader.slots) >= 4
        await town.assert_nothing_open()


async def test_a_claim_without_evidence_is_ended_so_that_the_round_goes_on(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben") as town:
        griefer = await somebody(town, "griefer")
        result = await town.round([Once(griefer, claiming(town, "ada")), town.watcher])
        assert (result.settled, result.accepted) == (True, 2)
        assert await town.stake_of("ada") == STAKE + BOND // 5
        assert await town.tokens("griefer") == PURSE - BOND
        assert await town.gained() == 0
        await town.assert_nothing_open()


async def test_a_proof_of_somebody_who_went_away_is_resolved_and_paid(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as town:
        finder = await somebody(town, "finder")
        await town.round([Once(finder, proving), town.watcher], **wrong_model(town))
        assert await town.tokens("finder") == PURSE + FINDERS_PART
        assert await town.gained() == 0
        assert await town.stake_of("eve") == STAKE - LOST
        await town.assert_right_model()
        await town.assert_nothing_open()


async def test_of_two_watchers_one_wins_and_neither_loses(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as town:
        rival = Watcher(await somebody(town, "rival"), BUDGET)
        await town.round([rival, town.watcher], **wrong_model(town))
        assert await town.tokens("rival") == PURSE + FINDERS_PART
        assert await town.gained() == 0
        await town.assert_nothing_open()


async def test_a_bond_comes_back_when_somebody_else_was_faster(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as town:
        # An earlier process of the watcher's key has opened the same challenge.
        watcher, rival = town.watcher.member, Watcher(await somebody(town, "rival"), BUDGET)

        async def opening(member: Member, scene: Scene) -> object:
            kind = ix.wrong_aggregate(5)
            step = ix.challenge_open(member.federation, scene.number, member.owner, kind)
            return await member.chain.send([step], [member.key])

        await town.round(
            [Once(watcher, opening), rival, town.watcher],
            **wrong_model(town),
        )
        assert await town.tokens("rival") == PURSE + FINDERS_PART
        assert await town.gained() == 0
        assert [one.outcome for one in town.watcher.notebook.entries] == ["moot"]
        await town.assert_nothing_open()


async def test_what_others_decided_is_collected_even_in_the_next_round(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as town:
        mine, other = town.watcher.member, await somebody(town, "other")
        await town.round([Once(mine, proving), Once(other, resolving)], **wrong_model(town))
        await town.round([])
        assert await town.gained() == -BOND
        await town.watcher.step(await mine.snapshot())
        assert await town.gained() == FINDERS_PART
        assert town.watcher.notebook.number == 2
        await town.assert_nothing_open()


@dataclass(frozen=True)
class Cunning(Answerer):
    """Answers, and closes the demand with the answer in it before anybody can read it there."""

    async def _answer(self, dispute: Dispute, round_: Round) -> bool:
        member, case = self.member, Case(dispute.account.challenger, self.member.participant, None)
        scene = await read_scene(member.chain, member.federation, await member.snapshot())
        ref, number = member.federation, round_.number
        material = await self.material(dispute, round_)
        steps = answering_steps(ref, number, dispute, material, owner=member.owner)
        steps.append(await resolving_step(member.chain, ref, scene, case))
        steps.append(ix.challenge_close(ref, number, case.challenger))
        await member.chain.send(steps, [member.key])
        return True


async def test_an_answer_that_is_closed_at_once_is_read_from_the_ledger(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve", model=LARGE, **SEARCHABLE) as town:
        member = withholding(town.people["eve"].member)
        mine = [town.role("eve", Trainer), Cunning(member), WrongAggregator(member, 400)]
        await town.round(eve=mine, **town.others_post_later("eve"))
        metrics = town.watcher.metrics
        demands = int(metrics.value("demands_total"))
        assert metrics.value("challenges_won_total", kind="WrongAggregate") == 1
        assert metrics.value("challenges_lost_total", kind="Unavailable") == demands
        await town.assert_right_model()
        await town.assert_nothing_open()


async def test_demands_stop_where_the_budget_ends(tmp_path: Path) -> None:
    """Of a hidden model every answer costs; a watcher does not lose more than it was given."""
    async with watched(tmp_path, "ada", "ben", "eve", model=LARGE, **SEARCHABLE) as town:
        town.watcher.budget = 2 * BOND
        member = withholding(town.people["eve"].member)
        mine = [town.role("eve", Trainer), Answerer(member), WrongAggregator(member, 400)]
        await town.round(eve=mine, **town.others_post_later("eve"))
        metrics = town.watcher.metrics
        # The second demand takes twice the bond: one is all that was made.
        assert (metrics.value("demands_total"), metrics.value("tokens_lost_total")) == (1, BOND)


async def test_a_watcher_does_not_accuse_itself(tmp_path: Path) -> None:
    async with watched(tmp_path, "ada", "ben", "eve") as town:
        eve = town.keys["watcher"] = town.keys["eve"]
        await town.sandbox.endow(eve.pubkey(), stake=PURSE)
        town.watcher.member.journal.close()
        town.watcher = Watcher(town.observer("watcher"), BUDGET)
        await town.round(**wrong_model(town))
        assert await town.stake_of("eve") == STAKE
        assert town.watcher.notebook.entries == ()
