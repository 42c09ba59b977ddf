"""A server that lies about who dropped out, or about keys, learns nothing: members refuse."""

import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors, UnmaskingRefused
from fedsol.learning.privacy.secure_aggregation import (
    Advertisement,
    Agreement,
    Channels,
    MaskedUpdate,
    new_key,
    public_key,
)
from tests.unit.learning.privacy.masked_rounds import CHANNELS, MEMBERS, UPDATES, Round, new_plan

VICTIM, WITNESS = MEMBERS[0], MEMBERS[1]


def masked():
    return Round().advertise().share().mask()


def test_nobody_reveals_seed_and_key_of_one_member():
    stage = masked()
    for shares in stage.reveal(MEMBERS):
        assert not set(shares.seeds) & set(shares.keys)


def test_nobody_answers_a_second_story():
    stage = masked()
    stage.reveal(MEMBERS)
    without = set(MEMBERS) - {VICTIM}
    with pytest.raises(InvalidMessage):
        stage.members[WITNESS].agree(MEMBERS, without)
    with pytest.raises(InvalidMessage):
        stage.members[WITNESS].unmask([])


def test_two_stories_are_found_out_before_anything_is_revealed():
    stage = masked()
    told = {number: set(MEMBERS) for number in MEMBERS}
    for number in MEMBERS[3:]:
        told[number] = set(MEMBERS) - {VICTIM}
    agreed = [stage.members[number].agree(MEMBERS, told[number]) for number in MEMBERS]
    for number in MEMBERS[1:]:
        with pytest.raises(UnmaskingRefused, match="told other survivors"):
            stage.members[number].unmask(agreed)


def test_two_stories_kept_apart_have_too_few_holders_each():
    """The server hides from each half what the other was told; the threshold is more than half."""
    stage = masked()
    halves = MEMBERS[:3], MEMBERS[3:]
    for half, told in zip(halves, (set(MEMBERS), set(MEMBERS) - {VICTIM}), strict=True):
        agreed = [stage.members[number].agree(MEMBERS, told) for number in half]
        for number in half:
            with pytest.raises(UnmaskingRefused, match="3 holders agree"):
                stage.members[number].unmask(agreed)


def test_a_members_own_tags_are_not_taken_for_its_neighbours():
    stage = masked()
    own = stage.agree([VICTIM])[0]
    sent_back = [Agreement(peer, {VICTIM: own.tags[peer]}) for peer in MEMBERS[1:]]
    with pytest.raises(UnmaskingRefused, match="told other survivors"):
        stage.members[VICTIM].unmask(sent_back)


def test_the_sum_of_a_few_is_not_unmasked():
    stage = masked()
    with pytest.raises(UnmaskingRefused, match="the sum of 3 updates"):
        stage.members[VICTIM].agree(MEMBERS, MEMBERS[:3])


def test_a_member_that_sent_its_update_is_not_left_out_of_the_survivors():
    stage = masked()
    with pytest.raises(UnmaskingRefused):
        stage.members[VICTIM].agree(MEMBERS, MEMBERS[1:])


def test_a_neighbour_whose_shares_were_held_back_cannot_be_said_to_have_shared():
    """Otherwise a server could choose whom one masks with, and cut a few out of the graph."""
    stage = Round().advertise().share()
    some = stage.server.ciphertexts(VICTIM)
    del some[WITNESS]
    stage.members[VICTIM].mask(some, UPDATES[0])
    with pytest.raises(UnmaskingRefused, match="never came"):
        stage.members[VICTIM].agree(MEMBERS, MEMBERS)


def test_an_update_is_masked_with_enough_neighbours_or_not_at_all():
    stage = Round().advertise().share()
    some = dict(list(stage.server.ciphertexts(VICTIM).items())[:2])
    with pytest.raises(TooFewSurvivors, match="3 holders have shared"):
        stage.members[VICTIM].mask(some, UPDATES[0])


def test_numbers_that_the_server_put_in_give_keys_that_nobody_else_has():
    stage = Round().advertise()
    genuine = stage.server.advertisements(VICTIM)
    swapped = [Advertisement(genuine[0].sender, bytes(32)), *genuine[1:]]
    stage.server.receive_shares(stage.members[VICTIM].share(swapped))
    stage.share(MEMBERS[1:])
    with pytest.raises(InvalidMessage, match=f"shares of member {VICTIM} are forged"):
        stage.mask([WITNESS])


def test_a_round_whose_id_and_messages_are_replayed_has_other_masks():
    """Otherwise a first run's seed and a second run's key would open one update."""
    plan, words = new_plan(), []
    old = Round(plan).advertise()
    for _ in range(2):
        stage = Round(plan)
        stage.members[VICTIM].advertise()
        stage.members[VICTIM].share(old.server.advertisements(VICTIM))
        words.append({peer: edge.mask for peer, edge in stage.members[VICTIM]._edges.items()})
    assert words[0].keys() == words[1].keys() == set(MEMBERS) - {VICTIM}
    assert all(words[0][peer] != words[1][peer] for peer in words[0])


def test_shares_that_were_changed_or_redirected_are_refused():
    for change in (lambda s: {WITNESS: s[WITNESS][:-1] + b"?"}, lambda s: {WITNESS: s[MEMBERS[2]]}):
        stage = Round().advertise().share()
        sealed = stage.server.ciphertexts(VICTIM)
        with pytest.raises(InvalidMessage, match=f"shares of member {WITNESS} are forged"):
            stage.members[VICTIM].mask(sealed | change(sealed), UPDATES[0])


def test_stages_come_in_order():
    with pytest.raises(InvalidMessage, match="unmask came when advertise was next"):
        Round().members[VICTIM].unmask([])


def test_nobody_sends_twice_or_without_a_part():
    stage = masked()
    with pytest.raises(InvalidMessage, match="already sent"):
        stage.server.receive_advertisement(stage.server.advertisements(VICTIM)[0])
    stage = Round().advertise().share(MEMBERS[1:])
    with pytest.raises(InvalidMessage, match="no part"):
        stage.server.receive_masked(MaskedUpdate(VICTIM, bytes(200)))


def test_a_channel_key_must_be_the_one_that_was_published():
    roster = {number: public_key(new_key()) for number in MEMBERS}
    with pytest.raises(ConfigError, match="another channel key"):
        Channels(VICTIM, new_key(), roster)


def test_a_public_key_of_low_order_is_refused():
    private = new_key()
    channels = Channels(1, private, {1: public_key(private), 2: bytes(32)})
    with pytest.raises(InvalidMessage, match="low order"):
        channels.edge(2, b"")


def test_both_ends_of_a_channel_have_one_key_and_no_third():
    edge = CHANNELS[VICTIM].edge(WITNESS, b"context")
    assert edge == CHANNELS[WITNESS].edge(VICTIM, b"context")
    assert len({edge.seal, edge.mask, edge.tag}) == 3
    assert edge.mask != CHANNELS[WITNESS].edge(VICTIM, b"another").mask
    assert edge.mask != CHANNELS[WITNESS].edge(MEMBERS[2], b"context").mask
