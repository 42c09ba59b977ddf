"""A member that is made anew from its secret of a round says again what it said before."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy.secure_aggregation import Advertisement, Channels, Member, public_key
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, stream
from fedsol.learning.privacy.secure_aggregation.field import PRIME, draw, unpack
from fedsol.learning.privacy.secure_aggregation.plan import Plan
from tests.unit.learning.privacy.masked_rounds import MEMBERS, SIZE, Round, plain_sum

PRIVATE = {number: bytes([number]) * 32 for number in MEMBERS}
ROSTER = {number: public_key(key) for number, key in PRIVATE.items()}
SECRETS = {number: bytes([100 + number]) * 32 for number in MEMBERS}
PLAN = Plan(b"r" * 32, MEMBERS, SIZE, 4, 5)
TOLD = [Advertisement(number, bytes([200 + number]) * 32) for number in MEMBERS[1:]]
OWN = MEMBERS[0]


def made(number=OWN, plan=PLAN, secret=b"", **settings):
    """A member as after a restart: nothing is left of it but its private key and its secret."""
    channels = Channels(number, PRIVATE[number], ROSTER)
    return Member(plan, channels, secret=secret or SECRETS[number], **settings)


def shared(told=TOLD, **settings):
    member = made(**settings)
    return member, member.advertise(), member.share(told)


class Restarted:
    """A member that is made anew before every stage, and goes through those before again."""

    def __init__(self, number):
        self._number, self._calls, self.said = number, [], []

    def __getattr__(self, stage):
        def call(*told):
            self._calls.append((stage, told))
            member = made(self._number)
            *again, new = [getattr(member, name)(*told) for name, told in self._calls]
            assert [one.to_bytes() for one in again] == self.said
            self.said.append(new.to_bytes())
            return new

        return call


def whole_round(dropped):
    stage = Round(PLAN)
    stage.members = {number: Restarted(number) for number in MEMBERS}
    alive = [number for number in MEMBERS if number not in dropped]
    total = stage.advertise().share().mask(alive).server.finish(stage.reveal(alive))
    said = {number: one.said for number, one in stage.members.items()}
    return total, said, alive


@pytest.mark.parametrize("dropped", [(), (3,), (30, 11)])
def test_all_members_restart_before_every_stage_and_the_sum_is_exact(dropped):
    total, said, alive = whole_round(dropped)
    assert [len(said[number]) for number in alive] == [5] * len(alive)
    assert (total == plain_sum(alive)).all()


def test_another_process_says_the_same():
    """One with another build of this library, too: what all messages of this round hash to."""
    data = b"".join(b"".join(said) for said in whole_round((30, 11))[1].values())
    assert hashlib.sha256(data).hexdigest()[:32] == "819d3ce58c983714a72e175973ce04d3"


def test_the_number_that_was_given_is_advertised_and_in_the_keys():
    plain, *_ = shared()
    member, advertisement, _ = shared(nonce=b"n" * 32)
    assert advertisement == Advertisement(OWN, b"n" * 32)
    assert not {*member._edges.values()} & {*plain._edges.values()}


@pytest.mark.parametrize(
    "other",
    [
        {"plan": replace(PLAN, round_id=b"o" * 32)},
        {"plan": replace(PLAN, qmax=9)},
        {"secret": b"o" * 32},
        {"number": MEMBERS[5]},
    ],
    ids=["round", "qmax", "secret", "number"],
)
def test_all_that_is_drawn_differs_in_another_plan_or_of_another_secret(other):
    drawn = []
    told = TOLD[:4]  # all but the last member, which shares with the same others
    for settings in ({}, {"secret": SECRETS[OWN]} | other):
        member, advertisement, _ = shared(told, **settings)
        own = unpack(member._held[member.number]) - unpack(member._key + member._seed)
        drawn.append((unpack(member._key + member._seed), own % PRIME, advertisement.nonce))
    for first, second in zip(*(one[:2] for one in drawn), strict=True):
        assert (first != second).all()
    assert drawn[0][2] != drawn[1][2]


def test_other_numbers_after_a_restart_give_other_keys():
    """One deposit key would else encrypt two deposits under one number, which gives both away."""
    for told in ([Advertisement(MEMBERS[1], bytes(32)), *TOLD[1:]], TOLD[:-1]):
        first, second = shared()[2], shared(told)[2]
        assert first.key_hash != second.key_hash
        assert first.seed_hash != second.seed_hash
    assert shared()[2].key_hash != shared(nonce=bytes(32))[2].key_hash


def test_without_a_secret_nothing_comes_twice():
    members = [Member(PLAN, Channels(OWN, PRIVATE[OWN], ROSTER)) for _ in range(2)]
    nonces = {one.advertise().nonce for one in members}
    hashes = [(said.key_hash, said.seed_hash) for said in (one.share(TOLD) for one in members)]
    assert len(nonces) == 2
    assert len({*hashes[0], *hashes[1]}) == 4


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33)])
def test_a_secret_or_a_number_of_another_length_is_refused(wrong):
    channels = Channels(OWN, PRIVATE[OWN], ROSTER)
    with pytest.raises(ConfigError, match="secret of a round has 32 bytes"):
        Member(PLAN, channels, secret=wrong)
    with pytest.raises(ConfigError, match="number of an advertisement has 32 bytes"):
        Member(PLAN, channels, nonce=wrong)


def test_a_member_that_is_done_has_forgotten_its_secret():
    stage = Round(PLAN)
    stage.members = {number: made(number) for number in MEMBERS}
    stage.advertise().share().mask().reveal(MEMBERS)
    assert SECRETS[OWN] not in vars(stage.members[OWN]._drawing).values()


def test_a_stream_is_the_same_however_it_is_read():
    whole = stream(b"s" * 32, Purpose.DRAW, b"c" * 32)(1_000)
    read = stream(b"s" * 32, Purpose.DRAW, b"c" * 32)
    assert b"".join(read(size) for size in (0, 1, 63, 64, 65, 807)) == whole
    assert len({whole[at : at + 64] for at in range(0, 960, 64)}) == 15


def test_elements_of_a_stream_are_even_over_the_field():
    """A modulus just above half of what 3 bytes hold: nearly half of all draws are drawn again."""
    modulus = 2**23 + 9
    found = draw(200_000, modulus, stream(b"s" * 32, Purpose.DRAW, b"c" * 32))
    assert found.max() < modulus
    counts = np.bincount(found * 16 // modulus, minlength=16)
    assert ((counts - 12_500) ** 2 / 12_500).sum() < 45  # 15 degrees of freedom, sd 5.5
