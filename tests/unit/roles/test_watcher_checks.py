"""What a watcher finds: every lie, wherever it is, in as few demands as a search takes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.errors import LearningError
from fedsol.learning import Mean, Scale, Tree, aggregate, model_tree, plant_update, update_tree
from fedsol.learning.merkle import (
    EMPTY_HASH,
    UPDATE_VALUES,
    Root,
    chunk_count,
    chunk_sum,
    depth,
    fold,
    leaf_hash,
    model_chunk,
    update_chunk,
    verify_model,
    verify_update,
)
from fedsol.roles.aggregate_checks import Recount
from fedsol.roles.claims import Claim, Doubt, Proof
from fedsol.roles.disputes import Shown, place_of
from fedsol.roles.update_checks import Posted, Values, check_update

QMAX = 1_000
WHO, WHAT = Pubkey.new_unique(), Pubkey.new_unique()
SIZES = [50, 256, 300, 640, 1_024, 1_100]
Author = Callable[[int], Shown | None]


def draw(size: int, seed: int = 0) -> Values:
    return np.random.default_rng(seed).integers(-QMAX, QMAX, size, np.int16, endpoint=True)


def posted_of(tree: Tree, size: int, plant: tuple[bytes, int] | None = None) -> Posted:
    return Posted(WHAT, WHO, tree.root, size, QMAX, plant)


def tree_with(values: Values, sums: Mapping[tuple[int, int], int]) -> Tree:
    """The tree of an update in which some nodes, by level and place, have other sums."""
    leaves = chunk_count(values.size, UPDATE_VALUES)
    records = [leaf_hash(i, update_chunk(values, i)) for i in range(leaves)]
    totals = [chunk_sum(update_chunk(values, i)) for i in range(leaves)]
    levels = []
    while True:
        totals = [sums.get((len(levels), i), total) for i, total in enumerate(totals)]
        level = [h + s.to_bytes(8, "little") for h, s in zip(records, totals, strict=True)]
        if len(level) > 1 and len(level) % 2:
            level.append(EMPTY_HASH + bytes(8))
            totals.append(0)
        levels.append(np.frombuffer(b"".join(level), np.uint8).reshape(-1, 40))
        if len(level) == 1:
            return Tree(tuple(levels), leaves)
        pairs = list(zip(level[::2], level[1::2], strict=True))
        records = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        totals = [a + b for a, b in zip(totals[::2], totals[1::2], strict=True)]


def author_of(values: Values, tree: Tree) -> Author:
    """Somebody who answers whatever the program takes as an answer."""

    def answer(chunk: int) -> Shown | None:
        shown = Shown(chunk, update_chunk(values, chunk), tree.prove(chunk).siblings)
        taken = verify_update(tree.root, tree.chunks, shown.chunk, shown.path)
        return shown if taken else None

    return answer


def search(posted: Posted, values: Values | None, author: Author) -> tuple[Claim | None, int, bool]:
    """Demands until a proof is found, nothing is wrong, or the author is silent (the last value)."""
    shown: list[Shown] = []
    while True:
        claim = check_update(posted, values, shown)
        if not isinstance(claim, Doubt):
            return claim, len(shown), False
        answer = author(claim.chunk)
        if answer is None:
            return claim, len(shown), True
        assert answer not in shown
        shown.append(answer)


def assert_proves_a_lie(proof: Claim | None, root: Root, chunks: int) -> None:
    """The program would find the fault in it: the path leads to the root, and the sum is not true."""
    assert isinstance(proof, Proof)
    assert proof.kind.kind == "LyingNorm"
    (exhibit,) = proof.exhibits
    shown = exhibit.shown
    record = leaf_hash(shown.index, shown.chunk) + exhibit.declared.to_bytes(8, "little")
    assert fold(record, shown.path, chunks) == root.hash + root.sum.to_bytes(8, "little")
    assert exhibit.declared != chunk_sum(shown.chunk)
    assert place_of(proof.kind) == shown.index


@pytest.mark.parametrize("size", SIZES)
def test_an_honest_update_is_found_right(size: int) -> None:
    values = draw(size)
    assert check_update(posted_of(update_tree(values), size), values, []) is None


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_that_lies_is_proved_or_met_with_silence(size: int) -> None:
    values = draw(size)
    chunks = chunk_count(size, UPDATE_VALUES)
    proved = 0
    for liar in range(chunks):
        tree = tree_with(values, {(0, liar): 7})
        claim, demands, silent = search(posted_of(tree, size), values, author_of(values, tree))
        assert demands <= depth(chunks)
        if silent:
            assert isinstance(claim, Doubt)
            assert claim.chunk == liar
        else:
            assert_proves_a_lie(claim, tree.root, chunks)
            proved += 1
    # Only who is asked for its own lie at once can be silent about it.
    assert proved >= chunks // 2


def test_a_single_chunk_that_lies_is_proved_without_a_demand() -> None:
    values = draw(50)
    tree = tree_with(values, {(0, 0): 7})
    claim, demands, _ = search(posted_of(tree, 50), values, author_of(values, tree))
    assert_proves_a_lie(claim, tree.root, 1)
    assert demands == 0


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_lie_inside_the_tree_ends_in_silence(size: int) -> None:
    values = draw(size)
    levels = depth(chunk_count(size, UPDATE_VALUES))
    for level in range(1, levels + 1):
        tree = tree_with(values, {(level, 0): 5})
        claim, demands, silent = search(posted_of(tree, size), values, author_of(values, tree))
        assert silent
        assert isinstance(claim, Doubt)
        assert claim.chunk < 1 << level
        assert demands <= levels


def test_other_bytes_than_were_committed_are_asked_for_until_all_is_shown() -> None:
    values, junk = draw(300), draw(300, seed=1)
    tree = update_tree(values)
    claim, demands, silent = search(posted_of(tree, 300), junk, author_of(values, tree))
    assert (claim, demands, silent) == (None, 3, False)


def test_bytes_that_cannot_be_had_are_asked_for_at_a_chunk_that_nobody_foresees() -> None:
    posted = posted_of(update_tree(draw(1_100)), 1_100)
    doubts = [check_update(posted, None, []) for _ in range(60)]
    assert all(isinstance(one, Doubt) and not one.narrows for one in doubts)
    assert len({one.chunk for one in doubts if isinstance(one, Doubt)}) > 3


def test_a_value_beyond_the_bound_is_proved_with_its_true_sum() -> None:
    values = draw(300)
    values[200] = QMAX + 1
    tree = update_tree(values)
    proof = check_update(posted_of(tree, 300), values, [])
    assert isinstance(proof, Proof)
    (exhibit,) = proof.exhibits
    assert (proof.kind.kind, exhibit.shown.index) == ("LyingNorm", 1)
    assert exhibit.declared == chunk_sum(exhibit.shown.chunk)
    assert verify_update(tree.root, 3, exhibit.shown.chunk, exhibit.shown.path)


def test_padding_that_is_not_zero_is_proved_once_it_is_shown() -> None:
    padded = draw(384)
    tree = update_tree(padded)
    shown = Shown(2, update_chunk(padded, 2), tree.prove(2).siblings)
    proof = check_update(posted_of(tree, 300), padded[:300], [shown])
    assert isinstance(proof, Proof)
    assert (proof.kind.kind, proof.exhibits[0].shown) == ("LyingNorm", shown)


SEED = bytes(range(32))


def test_a_plant_needs_no_bytes_to_be_right() -> None:
    values = plant_update(SEED, 90, 300)
    posted = posted_of(update_tree(values), 300, (SEED, 90))
    assert check_update(posted, None, []) is None


@pytest.mark.parametrize("published", [True, False])
def test_a_false_plant_is_proved_at_its_first_other_chunk(published: bool) -> None:
    values = plant_update(SEED, 90, 300)
    values[130] += 1
    tree = update_tree(values)
    posted = posted_of(tree, 300, (SEED, 90))
    if published:
        proof = check_update(posted, values, [])
    else:
        shown = [Shown(i, update_chunk(values, i), tree.prove(i).siblings) for i in (0, 1)]
        assert isinstance(check_update(posted, None, shown[:1]), Doubt)
        proof = check_update(posted, None, shown)
    assert isinstance(proof, Proof)
    assert (proof.kind.kind, place_of(proof.kind)) == ("FalsePlant", 1)


# -- aggregates ------------------------------------------------------------------------------------

SCALE = Scale(lr_num=1, lr_den=1, frac_bits=16, update_bits=14)


def recount_of(size: int, posted: bytes = bytes(32)) -> Recount:
    rng = np.random.default_rng(3)
    base = rng.integers(-100_000, 100_000, size, np.int32)
    updates = np.stack([draw(size, seed) for seed in range(3)])
    names = tuple(Pubkey.new_unique() for _ in updates)
    weights = np.array([1, 2, 3], np.uint32)
    return Recount(base, updates, weights, Mean(), SCALE, names, (0, 2, 3), WHO, posted)


def posting(recount: Recount, model: NDArray[np.int32]) -> Recount:
    """The same with a padded model posted (int32, whole chunks)."""
    return replace(recount, posted=model_tree(model).record)


def padded(recount: Recount) -> NDArray[np.int32]:
    return np.pad(recount.expected, (0, -recount.base.size % 64))


def test_a_right_aggregate_is_found_right() -> None:
    recount = recount_of(300)
    right = posting(recount, recount.expected)
    assert right.check(recount.expected, []) is None
    assert right.check(None, []) is None


@pytest.mark.parametrize("coordinate", [0, 63, 64, 299])
def test_a_wrong_coordinate_is_proved_with_every_update(coordinate: int) -> None:
    recount = recount_of(300)
    wrong = recount.expected.copy()
    wrong[coordinate] += 1
    posted = posting(recount, wrong)
    proof = posted.check(wrong, [])
    assert isinstance(proof, Proof)
    assert (proof.kind.kind, place_of(proof.kind)) == ("WrongAggregate", coordinate)
    *updates, base, shown = proof.exhibits
    for exhibit, values in zip(updates, recount.updates, strict=True):
        root, path = update_tree(values).root, exhibit.shown.path
        assert path.index == coordinate // 128
        assert verify_update(root, 3, exhibit.shown.chunk, path)
    assert [one.index for one in updates] == [0, 2, 3]
    for exhibit, root_ in ((base, model_tree(recount.base).record), (shown, posted.posted)):
        assert verify_model(root_, 5, exhibit.shown.chunk, exhibit.shown.path)


def search_model(size: int, coordinate: int) -> tuple[Proof, int]:
    """Demands of a model that is wrong in one coordinate until that is proved; and how many."""
    recount = recount_of(size)
    wrong = padded(recount)
    wrong[coordinate] += 1
    posted, tree = posting(recount, wrong), model_tree(wrong)
    shown: list[Shown] = []
    while isinstance(claim := posted.check(None, shown), Doubt):
        assert claim.chunk not in {one.index for one in shown}
        path = tree.prove(claim.chunk).siblings
        shown.append(Shown(claim.chunk, model_chunk(wrong, claim.chunk), path))
    assert isinstance(claim, Proof)
    return claim, len(shown)


@pytest.mark.parametrize("coordinate", [0, 100, 299, 300, 319])
def test_a_hidden_model_is_searched_by_demands_padding_too(coordinate: int) -> None:
    proof, _ = search_model(300, coordinate)
    assert place_of(proof.kind) == coordinate
    assert len(proof.exhibits) == (1 if coordinate >= 300 else 5)


def test_every_answer_of_a_hidden_model_halves_what_is_left() -> None:
    """Of 32 chunks five or six are asked for at most; without what they show it would be all."""
    found = [search_model(2_000, coordinate)[1] for coordinate in range(0, 2_000, 123)]
    assert max(found) <= depth(32) + 1


def test_no_bond_hangs_on_a_coordinate_that_the_reference_finds_right() -> None:
    recount = recount_of(300)
    right = Shown(0, model_chunk(recount.expected, 0), ())
    with pytest.raises(LearningError, match="as the reference says"):
        recount.prove(5, right)


def test_the_recount_is_the_rule() -> None:
    recount = recount_of(300)
    expected = aggregate(recount.base, recount.updates, recount.weights, Mean(), SCALE)
    np.testing.assert_array_equal(recount.expected, expected)
