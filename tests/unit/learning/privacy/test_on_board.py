"""On a board that binds everybody to its messages, who writes rubbish holds nobody else up."""

from dataclasses import replace

import pytest

from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors, UnmaskingRefused
from fedsol.learning.privacy.secure_aggregation.sealing import close
from tests.unit.learning.privacy.masked_rounds import MEMBERS, UPDATES, Round, new_plan, plain_sum

BAD, WITNESS = MEMBERS[0], MEMBERS[1]


class OnBoard(Round):
    """A round whose members see all bundles, and mask with everybody who has one."""

    def mask(self, senders=MEMBERS):
        for number in senders:
            self.server.receive_masked(self.masked(number, self.server.sharers))
        return self

    def masked(self, number, on_board):
        sealed, update = self.server.ciphertexts(number), UPDATES[MEMBERS.index(number)]
        return self.members[number].mask(sealed, update, on_board=on_board)

    def spoil(self, sender, receivers, change):
        """Change a bundle's ciphertexts (None: take them out), as its sender could."""
        bundle = self.server._shared[sender]
        sealed = dict(bundle.ciphertexts)
        for receiver in receivers:
            sealed[receiver] = change(self, sender, receiver)
        left = {receiver: one for receiver, one in sealed.items() if one is not None}
        self.server._shared[sender] = replace(bundle, ciphertexts=left)
        return self


def shared():
    return OnBoard().advertise().share()


def garbled(stage, sender, receiver):
    return bytes(82)


def missing(stage, sender, receiver):
    return None


def too_short(stage, sender, receiver):
    """A message that the receiver can open, and that has no two shares in it."""
    return close(stage.members[sender]._edges[receiver].seal, sender, bytes(65))


def cut(stage, sender, receiver):
    return b"c"


RUBBISH = [garbled, missing, too_short, cut]


@pytest.mark.parametrize("change", RUBBISH)
@pytest.mark.parametrize("alive", [MEMBERS, MEMBERS[1:]], ids=["survives", "drops out"])
def test_a_bundle_that_some_cannot_read_does_not_stop_the_round(change, alive):
    stage = shared().spoil(BAD, [WITNESS], change).mask(alive)
    revealed = {one.sender: one for one in stage.reveal(alive)}
    assert (stage.server.finish(revealed.values()) == plain_sum(alive)).all()
    # Who could not read a share has none to give, and gives its others.
    given = {**revealed[WITNESS].seeds, **revealed[WITNESS].keys}
    assert given.keys() == set(MEMBERS) - {BAD}
    assert not stage.server.liars


@pytest.mark.parametrize("change", [garbled, missing])
def test_a_member_that_can_read_nobodys_shares_stays_in_the_round(change):
    """It would be punished for its silence; its own shares all others can read."""
    stage = shared()
    for sender in MEMBERS[2:]:
        stage.spoil(sender, [WITNESS], change)
    stage.mask()
    assert (stage.server.finish(stage.reveal(MEMBERS)) == plain_sum(MEMBERS)).all()


@pytest.mark.parametrize("change", [garbled, cut])
def test_without_a_board_a_ciphertext_that_cannot_be_read_is_refused(change):
    stage = shared().spoil(BAD, [WITNESS], change)
    with pytest.raises(InvalidMessage, match=f"shares of member {BAD} are forged"):
        stage.masked(WITNESS, None)


def test_too_few_on_the_board_are_refused():
    with pytest.raises(TooFewSurvivors, match="3 holders have shared"):
        shared().masked(WITNESS, MEMBERS[:3])


def test_whoever_is_on_the_board_without_a_number_is_named():
    stage = OnBoard()
    told = [one.advertise() for one in stage.members.values()]
    stage.members[WITNESS].share(one for one in told if one.sender != BAD)
    with pytest.raises(InvalidMessage, match=f"member {BAD} is on the board"):
        stage.members[WITNESS].mask({}, UPDATES[1], on_board=MEMBERS)


def test_a_ciphertext_of_no_neighbour_is_passed_over():
    """A bundle may name anybody; on a circle not all who are named are neighbours."""
    stage = OnBoard(new_plan(degree=4)).advertise().share()
    (far,) = set(MEMBERS) - set(stage.plan.holders(WITNESS))
    sealed = stage.server.ciphertexts(WITNESS) | {far: bytes(82)}
    stage.members[WITNESS].mask(sealed, UPDATES[1], on_board=MEMBERS)
    assert stage.members[WITNESS]._held.keys() == set(stage.plan.holders(WITNESS))


def test_who_is_said_to_have_shared_must_have_been_on_the_board():
    stage = shared()
    stage.masked(WITNESS, MEMBERS[1:])
    with pytest.raises(UnmaskingRefused, match="never came"):
        stage.members[WITNESS].agree(MEMBERS, MEMBERS[1:])


def agreed_with_wrong_tags(stage, liars):
    agreed = {one.sender: one for one in stage.mask().agree(MEMBERS)}
    for liar in liars:
        wrong = dict.fromkeys(agreed[liar].tags, bytes(16))
        agreed[liar] = replace(agreed[liar], tags=wrong)
    return list(agreed.values())


def test_a_wrong_tag_on_a_board_holds_nobody_up():
    stage = shared()
    agreed = agreed_with_wrong_tags(stage, [BAD])
    revealed = [stage.members[number].unmask(agreed) for number in MEMBERS[1:]]
    assert (stage.server.finish(revealed) == plain_sum(MEMBERS)).all()


def test_fewer_right_tags_than_the_threshold_are_refused_on_a_board_too():
    stage = shared()
    agreed = agreed_with_wrong_tags(stage, MEMBERS[:3])
    with pytest.raises(UnmaskingRefused, match="3 holders agree"):
        stage.members[MEMBERS[5]].unmask(agreed)
