"""Under Multi-Krum an aggregator selects as it likes: the watcher proves it as cheaply as it can."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.demo.cheats import withholding
from fedsol.learning import model_tree
from fedsol.learning.selection import MultiKrum, Selection, multi_krum
from fedsol.program import Round, Submission
from fedsol.program.params import multi_krum as multi_krum_rule
from fedsol.program.params import weighted
from fedsol.roles import Aggregator, Answerer, Role, Trainer
from tests.stories.watched import BOND, LARGE, SEARCHABLE, STAKE, Watched, watched

NAMES = ("ada", "ben", "cem", "dov", "eve")
AGGREGATOR_BOND = 1_000
LOST = AGGREGATOR_BOND + (STAKE - AGGREGATOR_BOND) // 2
FINDERS_PART = LOST // 5
KRUM = {"rule": multi_krum_rule(1, 2), "min_submissions": 5, "max_submissions": 5}


@dataclass(frozen=True)
class Favouring(Aggregator):
    """Keeps its own update, whatever the table says."""

    def select(
        self, round_: Round, accepted: Sequence[Submission], updates: NDArray[np.int16]
    ) -> Selection | None:
        true = super().select(round_, accepted, updates)
        assert true is not None
        weights = true.weights.copy()
        last, kept = int(np.flatnonzero(weights == 0)[-1]), int(np.flatnonzero(weights)[0])
        weights[[last, kept]] = 1, 0
        return replace(true, weights=weights)


@dataclass(frozen=True)
class Generous(Aggregator):
    """Keeps everybody."""

    def select(
        self, round_: Round, accepted: Sequence[Submission], updates: NDArray[np.int16]
    ) -> Selection | None:
        true = super().select(round_, accepted, updates)
        assert true is not None
        return replace(true, weights=np.ones_like(true.weights))


@dataclass(frozen=True)
class Mismeasuring(Aggregator):
    """Says that one update, which is not kept, is as far from itself as from all others: nowhere."""

    def select(
        self, round_: Round, accepted: Sequence[Submission], updates: NDArray[np.int16]
    ) -> Selection | None:
        true = super().select(round_, accepted, updates)
        assert true is not None
        assert true.table is not None
        favourite = int(np.flatnonzero(true.weights == 0)[-1])
        table = true.table.copy()
        table[favourite] = 1
        table[favourite, favourite] = 0
        return Selection(multi_krum(table, MultiKrum(1, 2)), table)


async def with_cheat(hospitals: Watched, cheat: Role, *more: Role) -> None:
    """A round in which Eve posts the first aggregate."""
    mine = [hospitals.role("eve", Trainer), *more, cheat]
    result = await hospitals.round(eve=mine, **hospitals.others_post_later("eve"))
    assert (result.settled, result.accepted) == (True, 5)


async def assert_eve_paid(hospitals: Watched) -> None:
    eve = await hospitals.person("eve")
    assert (eve.stake, eve.offences, eve.barred_round) == (STAKE - LOST, 1, 1)
    for name in NAMES[:-1]:
        assert await hospitals.stake_of(name) == STAKE
    await hospitals.assert_right_model()
    await hospitals.assert_nothing_open()


@pytest.mark.parametrize(
    ("cheat", "kind"),
    [
        (Favouring, "WrongSelection"),
        (Generous, "WrongWeights"),
        (Mismeasuring, "WrongDistance"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
async def test_whoever_selects_as_it_likes_pays_and_the_right_selection_settles(
    tmp_path: Path, cheat: type[Aggregator], kind: str
) -> None:
    async with watched(tmp_path, *NAMES, **KRUM) as one:
        member = one.people["eve"].member
        await with_cheat(one, cheat(member), one.role("eve", Answerer))
        assert one.watcher.metrics.value("challenges_won_total", kind=kind) == 1
        assert await one.gained() == FINDERS_PART
        await assert_eve_paid(one)


async def test_an_honest_selection_is_never_challenged(tmp_path: Path) -> None:
    async with watched(tmp_path, *NAMES, **KRUM) as one:
        result = await one.round()
        assert (result.settled, result.accepted) == (True, 5)
        assert await one.gained() == 0
        await one.assert_right_model()
        await one.assert_nothing_open()


async def test_who_posts_a_false_distance_of_large_updates_pays_as_well(tmp_path: Path) -> None:
    # Six chunks of each update: the two of them take several transactions.
    async with watched(tmp_path, *NAMES, model=LARGE, **(KRUM | SEARCHABLE)) as one:
        member = one.people["eve"].member
        await with_cheat(one, Mismeasuring(member), one.role("eve", Answerer))
        assert one.watcher.metrics.value("challenges_won_total", kind="WrongDistance") == 1
        await assert_eve_paid(one)


async def test_who_hides_what_it_selected_is_convicted_for_silence(tmp_path: Path) -> None:
    async with watched(tmp_path, *NAMES, **KRUM) as one:
        cheat = Favouring(withholding(one.people["eve"].member))
        await with_cheat(one, cheat)
        assert one.watcher.metrics.value("challenges_won_total", kind="SelectionUnavailable") == 1
        await assert_eve_paid(one)


async def test_who_hides_what_it_selected_but_answers_is_convicted_by_its_answers(
    tmp_path: Path,
) -> None:
    rules = KRUM | SEARCHABLE | {"challenge_bond": 10}
    async with watched(tmp_path, *NAMES, **rules) as one:
        member = withholding(one.people["eve"].member)
        await with_cheat(one, Generous(member), Answerer(member))
        assert one.watcher.metrics.value("demands_total") == 1
        assert one.watcher.metrics.value("challenges_won_total", kind="WrongWeights") == 1
        await one.assert_nothing_open()


@pytest.mark.parametrize("rule", [multi_krum_rule(1, 2), weighted()], ids=["krum", "weighted"])
async def test_a_right_selection_that_is_withheld_is_published_by_the_watcher(
    tmp_path: Path, rule: object
) -> None:
    """Multi-Krum's it computed itself; weights are the aggregator's word, and were demanded."""
    async with watched(tmp_path, *NAMES, **(KRUM | SEARCHABLE | {"rule": rule})) as one:
        member = withholding(one.people["eve"].member)
        hidden = Aggregator(member, weigh=lambda updates: np.arange(len(updates)))
        await with_cheat(one, hidden, Answerer(member))
        round_ = await one.watcher.member.round(1)
        assert round_ is not None
        assert round_.aggregator == member.participant
        assert round_.selection is not None
        data = await one.federation.artifacts.get(bytes(round_.selection.artifact))
        assert model_tree(np.frombuffer(data, np.int32)).record == bytes(round_.selection.root)
        demands = one.watcher.metrics.value("demands_total")
        assert demands == (0 if rule == KRUM["rule"] else 1)
        # Of the bond of a demand that was answered, its author gets a fifth.
        assert await one.stake_of("eve") == STAKE + demands * BOND // 5
        await one.assert_nothing_open()


async def test_posted_weights_are_taken_as_they_are_and_the_model_must_follow_from_them(
    tmp_path: Path,
) -> None:
    rules = KRUM | {"rule": weighted()}
    async with watched(tmp_path, *NAMES, **rules) as one:
        everybody = {
            name: [
                Aggregator(role.member, weigh=lambda updates: np.arange(len(updates)))
                if isinstance(role, Aggregator)
                else role
                for role in person.roles
            ]
            for name, person in one.people.items()
        }
        result = await one.round(**everybody)
        assert result.settled
        assert await one.gained() == 0
        await one.assert_nothing_open()
