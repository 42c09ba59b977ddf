"""A round's opening: whoever has the messages checks it, and has the same exact sum of it."""

from dataclasses import replace

import pytest

from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation import (
    Advertisement,
    EncryptedShares,
    MaskedUpdate,
    Opening,
    RevealedShares,
    Server,
)
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, derive
from fedsol.learning.privacy.secure_aggregation.sealing import close
from fedsol.learning.privacy.secure_aggregation.shamir import new_secret
from tests.unit.learning.privacy.masked_rounds import MEMBERS, UPDATES, Round, plain_sum

ALIVE, GONE, ABSENT = MEMBERS[:4], MEMBERS[4], MEMBERS[5]


class Recorded(Round):
    """A round that keeps what the server received, as bytes."""

    def played(self):
        """The last two drop out: one has shared before, the other has not."""
        self.said = []
        told = {number: self.members[number].advertise() for number in MEMBERS}
        for one in told.values():
            self._give(self.server.receive_advertisement, one)
        for number in (*ALIVE, GONE):
            bundle = self.members[number].share(self.server.advertisements(number))
            self._give(self.server.receive_shares, bundle)
        self.secrets = {number: self.members[number]._seed for number in ALIVE}
        self.secrets[GONE] = self.members[GONE]._key
        for row, number in enumerate(ALIVE):
            sealed = self.server.ciphertexts(number)
            self._give(self.server.receive_masked, self.members[number].mask(sealed, UPDATES[row]))
        return self

    def _give(self, receive, message):
        self.said.append(message.to_bytes())
        receive(message)


@pytest.fixture
def stage():
    return Recorded().played()


@pytest.fixture
def opening(stage):
    return stage.server.recover(stage.reveal(ALIVE))


def test_an_opening_has_survivors_seeds_and_the_keys_of_who_shared_and_left(stage, opening):
    assert opening == Opening(stage.secrets)


def test_whoever_has_the_messages_has_the_sum_of_an_opening(stage, opening):
    receive = {Advertisement: "advertisement", EncryptedShares: "shares", MaskedUpdate: "masked"}
    kinds = {kind.kind: (kind, f"receive_{name}") for kind, name in receive.items()}
    other = Server(stage.plan)
    for data in stage.said:
        kind, name = kinds[data[0]]
        getattr(other, name)(kind.from_bytes(data))
    total = other.total(Opening.from_bytes(opening.to_bytes()))
    assert (total == plain_sum(ALIVE)).all()


def test_a_sum_can_be_had_again(stage, opening):
    assert (stage.server.total(opening) == stage.server.total(opening)).all()


@pytest.mark.parametrize("member", [ALIVE[0], GONE])
def test_another_secret_is_refused(stage, opening, member):
    wrong = bytes([opening.secrets[member][0] ^ 1]) + opening.secrets[member][1:]
    with pytest.raises(InvalidMessage, match=f"another secret than that of member {member}"):
        stage.server.total(Opening({**opening.secrets, member: wrong}))


def test_a_members_other_secret_is_refused(stage, opening):
    for member, other in (
        (ALIVE[0], stage.members[ALIVE[0]]._key),
        (GONE, stage.members[GONE]._seed),
    ):
        with pytest.raises(InvalidMessage, match=f"another secret than that of member {member}"):
            stage.server.total(Opening({**opening.secrets, member: other}))


@pytest.mark.parametrize("member", [ALIVE[0], GONE])
def test_a_secret_that_is_missing_is_refused(stage, opening, member):
    left = {one: secret for one, secret in opening.secrets.items() if one != member}
    with pytest.raises(InvalidMessage, match=f"lacks a secret of member {member}"):
        stage.server.total(Opening(left))


@pytest.mark.parametrize("member", [ABSENT, 99])
def test_a_secret_too_many_is_refused(stage, opening, member):
    with pytest.raises(InvalidMessage, match=f"must not have a secret of member {member}"):
        stage.server.total(Opening({**opening.secrets, member: bytes(33)}))


def test_an_opening_of_too_few_updates_is_refused():
    stage = Round().advertise().share().mask(MEMBERS[:3])
    with pytest.raises(TooFewSurvivors, match="3 updates have come; 4 are needed"):
        stage.server.total(Opening({}))


def test_a_deposit_that_lacks_a_seed_is_refused(stage, opening):
    bundle = stage.server._shared[GONE]
    empty = close(derive(opening.secrets[GONE], Purpose.DEPOSIT), 0, bytes(4))
    stage.server._shared[GONE] = replace(bundle, deposit=empty)
    with pytest.raises(InvalidMessage, match=f"seeds of member {GONE} are not all there"):
        stage.server.total(opening)


def spoilt(shares):
    """Other shares in place of an answer's. (Small changes of several would cancel now and then.)"""
    return tuple({member: new_secret() for member in some} for some in shares)


def lying(answer):
    return RevealedShares(answer.sender, *spoilt((answer.seeds, answer.keys)))


@pytest.mark.parametrize("liars", [MEMBERS[:1], MEMBERS[3:4], MEMBERS[1:3]])
def test_liars_are_found_and_the_sum_is_exact(liars):
    """Four of six shares are enough, and as many are honest."""
    stage = Round().advertise().share().mask()
    revealed = [lying(a) if a.sender in liars else a for a in stage.reveal(MEMBERS)]
    assert (stage.server.finish(revealed) == plain_sum(MEMBERS)).all()
    assert stage.server.liars == set(liars)


def test_who_lies_about_a_drop_out_alone_is_found():
    stage = Round().advertise().share().mask(MEMBERS[1:])
    revealed = stage.reveal(MEMBERS[1:])
    gone, liar = MEMBERS[0], MEMBERS[2]
    wrong = {one.sender: one for one in revealed}[liar]
    revealed[revealed.index(wrong)] = replace(wrong, keys=spoilt([wrong.keys])[0])
    assert wrong.keys.keys() == {gone}
    assert (stage.server.finish(revealed) == plain_sum(MEMBERS[1:])).all()
    assert stage.server.liars == {liar}


def test_one_honest_answer_too_few_ends_the_round():
    stage = Round().advertise().share().mask()
    revealed = stage.reveal(MEMBERS)
    revealed[:3] = [lying(one) for one in revealed[:3]]
    with pytest.raises(InvalidMessage, match="member 3's seed do not fit its hash"):
        stage.server.recover(revealed)


def test_an_answer_without_shares_with_strangers_or_of_other_lengths_breaks_nothing():
    stage = Round().advertise().share().mask()
    first, second, *others = stage.reveal(MEMBERS)
    empty = RevealedShares(first.sender, {}, {})
    odd = {member: share + b"?" for member, share in second.seeds.items()} | {99: bytes(33)}
    wrong = [empty, RevealedShares(second.sender, odd, {98: b"", MEMBERS[5]: bytes(33)})]
    stranger = RevealedShares(99, {MEMBERS[0]: bytes(33)}, {})
    total = stage.server.finish([*wrong, stranger, *others])
    assert (total == plain_sum(MEMBERS)).all()


def test_liars_are_those_of_the_last_answers():
    stage = Round().advertise().share().mask()
    revealed = stage.reveal(MEMBERS)
    stage.server.recover([lying(revealed[0]), *revealed[1:]])
    assert stage.server.liars == {MEMBERS[0]}
    stage.server.recover(revealed)
    assert stage.server.liars == frozenset()
