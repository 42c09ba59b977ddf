"""The plan of a round on a chain follows from what stands there; words travel as int16."""

import hashlib

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation import (
    Advertisement,
    Channels,
    Member,
    Server,
    board_plan,
    halves_of,
    is_public_key,
    new_key,
    public_key,
    word_halves,
    words_of,
)

PLACE = b"g" * 32 + b"f" * 32 + (7).to_bytes(8, "little")
PEOPLE = [bytes([number]) * 32 for number in (9, 1, 200, 77)]
PRIVATE = {one: new_key() for one in PEOPLE}
ROSTER = {one: public_key(key) for one, key in PRIVATE.items()}
# RFC 7748, section 6.1, and curve25519's author's list: 0, 1, and a point of order 8.
LOW_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
]


def planned(roster=ROSTER, place=PLACE, threshold_bps=6_667, capacity=64, qmax=4_095):
    return board_plan(
        place, roster, size=50, qmax=qmax, threshold_bps=threshold_bps, capacity=capacity
    )


def test_members_are_numbered_in_the_order_of_their_addresses():
    plan, numbers, keys = planned()
    assert numbers == {one: rank for rank, one in enumerate(sorted(PEOPLE))}
    assert keys == {numbers[one]: key for one, key in ROSTER.items()}
    assert (plan.members, plan.degree, plan.generation) == ((0, 1, 2, 3), 3, 0)


def test_the_rounds_id_is_the_hash_of_its_place_and_of_all_members_keys():
    entries = b"".join(one + ROSTER[one] for one in sorted(PEOPLE))
    expected = hashlib.sha256(b"fedsol masked round on chain" + PLACE + entries).digest()
    assert planned().plan.round_id == expected


@pytest.mark.parametrize(
    ("count", "bps", "threshold"), [(4, 6_667, 3), (3, 6_667, 3), (9, 0, 5), (9, 6_000, 6)]
)
def test_the_threshold_is_the_share_asked_for_and_more_than_half(count, bps, threshold):
    roster = {bytes([one]) * 32: public_key(new_key()) for one in range(count)}
    assert planned(roster, threshold_bps=bps).plan.threshold == threshold


@pytest.mark.parametrize("key", [*LOW_ORDER, b"", bytes(31), b"k" * 33])
def test_who_has_no_channel_key_that_is_one_is_no_member(key):
    assert not is_public_key(key)
    assert planned(ROSTER | {bytes(32): key}) == planned()


def test_two_members_are_too_few():
    few = dict(list(ROSTER.items())[:2])
    with pytest.raises(TooFewSurvivors, match="2 members cannot mask"):
        planned(few)
    with pytest.raises(TooFewSurvivors, match="2 members cannot mask"):
        planned(few | {b"a" * 32: bytes(32)})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"place": PLACE[:-1]}, "a place has 72 bytes"),
        ({"roster": ROSTER | {b"short": ROSTER[PEOPLE[0]]}}, "address 32"),
        ({"threshold_bps": 10_001}, "basis points, not 10001"),
        ({"threshold_bps": -1}, "basis points, not -1"),
    ],
)
def test_what_is_out_of_bounds_is_refused(wrong, message):
    with pytest.raises(ConfigError, match=message):
        planned(**wrong)


@pytest.mark.parametrize(("qmax", "halves"), [(511, 1), (512, 2), (32_767, 2)])
def test_a_words_halves_are_those_of_the_plans_words(qmax, halves):
    assert word_halves(qmax, 64) == halves
    assert planned(qmax=qmax).plan.dtype.itemsize == 2 * halves


def test_a_word_of_32_bits_is_its_low_half_and_then_its_high():
    words = np.array([0x0001_FFFF, 0x8000_7FFF], "<u4").tobytes()
    halves = halves_of(words)
    assert halves.dtype == np.int16
    assert halves.tolist() == [-1, 1, 32_767, -32_768]
    assert words_of(halves) == words


def test_words_come_back_from_their_halves():
    words = np.random.default_rng(0).bytes(400)
    assert halves_of(words).shape == (200,)
    assert words_of(halves_of(words)) == words


def test_what_is_no_words_or_halves_is_refused():
    with pytest.raises(InvalidMessage, match="3 bytes are no words"):
        halves_of(bytes(3))
    for wrong in (np.zeros(4, np.int32), np.zeros((2, 2), np.int16)):
        with pytest.raises(LearningError, match=r"halves of words are int16\[n\]"):
            words_of(wrong)


@pytest.mark.parametrize("qmax", [500, 4_095])
def test_a_round_by_its_board_is_exact(qmax):
    """All is told by the board: keys, which are the nonces too, bundles, and halves of words."""
    plan, numbers, keys = planned(qmax=qmax)
    updates = np.random.default_rng(1).integers(-qmax, qmax + 1, (4, 50)).astype(np.int16)
    board = [Advertisement(number, key) for number, key in keys.items()]
    members = {
        number: Member(plan, Channels(number, PRIVATE[one], keys), secret=one, nonce=keys[number])
        for one, number in numbers.items()
    }
    server = Server(plan)
    for one in members.values():
        server.receive_advertisement(one.advertise())
    for one in members.values():
        server.receive_shares(one.share(board))
    everybody = server.sharers
    for number in (0, 1, 3):
        sealed = server.ciphertexts(number)
        masked = members[number].mask(sealed, updates[number], on_board=everybody)
        halves = halves_of(masked.words)
        assert len(halves) == 50 * word_halves(qmax, 64)
        server.receive_masked(type(masked)(number, words_of(halves)))
    alive = [members[number] for number in (0, 1, 3)]
    agreed = [one.agree(everybody, server.survivors) for one in alive]
    total = server.finish(one.unmask(agreed) for one in alive)
    assert (total == updates[[0, 1, 3]].sum(0, dtype=np.int64)).all()
