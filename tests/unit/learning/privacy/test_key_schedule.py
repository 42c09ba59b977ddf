"""What is derived from what: no key serves two purposes, rounds, or generations."""

from dataclasses import replace

import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation import Channels, Member, new_key, public_key
from fedsol.learning.privacy.secure_aggregation.derivation import (
    Purpose,
    derive,
    is_tag,
    tag,
)
from fedsol.learning.privacy.secure_aggregation.messages import MASK_SEED_BYTES, read_entries
from fedsol.learning.privacy.secure_aggregation.sealing import open_sealed
from tests.unit.learning.privacy.masked_rounds import CHANNELS, MEMBERS, Round, new_plan

OWN, PEER, OTHER = MEMBERS[:3]


def pair():
    """Fresh channels of two members, one of whom has no key that is one in the other's roster."""
    private = {one: new_key() for one in (OWN, PEER)}
    roster = {one: public_key(key) for one, key in private.items()} | {OTHER: bytes(32)}
    return [Channels(one, private[one], roster) for one in (OWN, PEER)]


def test_derived_keys_are_those_of_libsodium():
    """test/default/kdf.c: the key 00..1f, the context "KDF test", subkey 0 of 32 bytes."""
    expected = "c13fcc2e6cd0cd0f82d93b163a5696c5105378f8c629d36baf3ae0239de9c280"
    assert derive(bytes(range(32)), b"KDF test").hex() == expected


def test_no_two_purposes_are_one_to_the_hash():
    """BLAKE2 fills personalisations up with zeros to 16 bytes."""
    filled = {purpose.value.ljust(16, b"\0") for purpose in Purpose}
    assert len(filled) == len(Purpose) == 7
    assert all(len(one) == 16 for one in filled)


def test_one_secret_gives_unlike_keys_for_unlike_purposes_and_contexts():
    found = {derive(b"s" * 32, purpose, context) for purpose in Purpose for context in (b"a", b"b")}
    assert len(found) == 2 * len(Purpose)


def test_a_tag_is_of_its_key_and_message_alone():
    made = tag(b"k" * 32, b"message")
    assert len(made) == 16
    assert is_tag(made, b"k" * 32, b"message")
    for key, message in ((b"k" * 32, b"messagE"), (b"K" * 32, b"message")):
        assert not is_tag(made, key, message)
    assert not is_tag(b"", b"k" * 32, b"message")


def test_each_number_of_a_round_is_in_all_its_keys():
    plan, keys = new_plan(), []
    changes = [
        {},
        {"round_id": bytes(32)},
        {"members": (*MEMBERS[:5], 31)},
        {"size": plan.size + 1},
        {"threshold": 5},
        {"degree": 4},
        {"qmax": 9},
        {"max_weight": 2},
        {"generation": 1},
        {"capacity": 7},
    ]
    for change in changes:
        member = Member(replace(plan, **change), CHANNELS[OWN])
        member._nonce = b"n" * 32
        keys += member._edge(PEER, b"m" * 32)
    assert len(set(keys)) == 3 * len(changes)


def test_both_ends_numbers_and_their_order_are_in_all_keys():
    member, keys = Member(new_plan(), CHANNELS[OWN]), []
    for mine, theirs in ((b"n", b"m"), (b"m", b"n"), (b"n", b"n"), (b"m", b"m")):
        member._nonce = mine * 32
        keys += member._edge(PEER, theirs * 32)
    assert len(set(keys)) == 12


@pytest.mark.parametrize("third", [MEMBERS[0], MEMBERS[1], MEMBERS[5]])
def test_who_copies_a_members_key_and_nonce_shares_no_key_with_it(third):
    """The masks of both with a third could else cancel, and a tag be passed on as one's own."""
    copied, private, nonce = new_key(), new_key(), b"n" * 32
    roster = dict.fromkeys(MEMBERS, public_key(copied)) | {third: public_key(private)}
    member, keys = Member(new_plan(), Channels(third, private, roster)), []
    for peer in set(MEMBERS) - {third}:
        keys += member._edge(peer, nonce)
    assert len(set(keys)) == 15


def test_a_deposit_opens_masks_of_its_round_and_nothing_else():
    stage = Round().advertise().share()
    member, message = stage.members[OWN], stage.server._shared[OWN]
    key = derive(member._key, Purpose.DEPOSIT)
    seeds = read_entries(open_sealed(key, 0, message.deposit, "the deposit"), MASK_SEED_BYTES)
    assert seeds == {peer: edge.mask for peer, edge in member._edges.items()}
    for peer, seed in seeds.items():
        for cut in (seed, seed[:16], seed[16:]):
            with pytest.raises(InvalidMessage):
                open_sealed(cut, OWN, message.ciphertexts[peer], "the shares")
        assert open_sealed(member._edges[peer].seal, OWN, message.ciphertexts[peer], "the shares")


def test_what_is_published_of_a_secret_is_no_key():
    stage = Round().advertise().share()
    member, message = stage.members[OWN], stage.server._shared[OWN]
    keys = {derive(member._seed, Purpose.OWN), derive(member._key, Purpose.DEPOSIT)}
    assert not keys & {message.seed_hash, message.key_hash}


def test_both_public_keys_are_in_a_pairs_secret():
    """X25519 ignores the highest bit: two keys, one agreement."""
    private, peer = new_key(), bytearray(public_key(new_key()))
    found = []
    for _ in range(2):
        channels = Channels(1, private, {1: public_key(private), 2: bytes(peer)})
        found.append(channels.edge(2, b"context"))
        peer[31] ^= 0x80
    assert not set(found[0]) & set(found[1])


def test_both_ends_reach_a_generation_however_they_step():
    own, peer = pair()
    own.advance(1)
    own.advance(3)
    peer.advance(3)
    assert own.edge(PEER, b"context") == peer.edge(OWN, b"context")


def test_generations_have_unlike_keys():
    own, keys = pair()[0], []
    for generation in range(4):
        own.advance(generation)
        keys += own.edge(PEER, b"context")
    assert len(set(keys)) == 12


def test_an_earlier_generation_cannot_be_had_again():
    """Whoever breaks in later finds neither the private key nor a secret of before."""
    own, _ = pair()
    own.edge(PEER, b"context")
    before = own._secrets[PEER]
    own.advance(1)
    assert own._private is None
    assert before not in own._secrets.values()
    with pytest.raises(ConfigError, match="in generation 1, and cannot go to 0"):
        own.advance(0)
    # One step leads on, none back.
    assert own._secrets[PEER] == derive(before, Purpose.NEXT)


def test_a_round_of_a_generation_that_has_passed_is_refused():
    own, _ = pair()
    member = Member(new_plan(generation=2), own)
    told = [member.advertise()]
    own.advance(3)
    with pytest.raises(ConfigError, match="in generation 3, and cannot go to 2"):
        member.share(told)


def test_a_generation_out_of_reach_is_refused():
    with pytest.raises(ConfigError, match="cannot go to"):
        pair()[0].advance(2**32 - 1)


def test_a_key_that_is_none_does_not_hold_the_others_up():
    own, peer = pair()
    own.advance(1)
    peer.advance(1)
    assert own.edge(PEER, b"") == peer.edge(OWN, b"")
    with pytest.raises(InvalidMessage, match=f"the channel key of member {OTHER}"):
        own.edge(OTHER, b"")


def test_a_member_that_is_done_holds_nothing_of_the_round():
    stage = Round().advertise().share().mask()
    stage.reveal(MEMBERS)
    member = stage.members[OWN]
    assert not any((member._edges, member._held, member._key, member._seed))
    assert not member._seals._ciphers
