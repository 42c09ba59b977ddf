"""Evidence in transactions that fit, however large the model is."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import PACKET_SIZE, Draft
from fedsol.errors import TransactionTooLarge
from fedsol.learning.merkle import MODEL_VALUES, UPDATE_VALUES, chunk_count, depth
from fedsol.program import instructions as ix
from fedsol.roles.pieces import Make, pack, pieces_of, transaction_size

KEY = Keypair()
OWNER = KEY.pubkey()
FEDERATION, TARGET, CHALLENGER = (Pubkey.new_unique() for _ in range(3))
CHUNK = bytes(range(256))
LARGEST = 2**25  # parameters of the largest model that the program can judge


def answer(chunk: bytes, siblings: Sequence[bytes]) -> Instruction:
    return ix.demand_answer(
        FEDERATION, 1, OWNER, CHALLENGER, siblings=siblings, chunk=chunk, target=TARGET
    )


def append(chunk: bytes, siblings: Sequence[bytes]) -> Instruction:
    of = {"target": None, "submission": TARGET}
    return ix.challenge_append(
        FEDERATION, 1, OWNER, ix.UPDATE, siblings=siblings, chunk=chunk, **of
    )


def signed_size(steps: list[Instruction]) -> int:
    """What goes over the wire: with a compute limit and a price, signed."""
    draft = Draft(tuple(steps), OWNER).with_budget(units=1_400_000, price=1)
    return len(bytes(draft.signed(Hash.default(), [KEY])))


def path_of(parameters: int, values: int, record: int) -> list[bytes]:
    levels = depth(chunk_count(parameters, values))
    return [bytes([level]) * record for level in range(levels)]


@pytest.mark.parametrize("make", [answer, append])
@pytest.mark.parametrize("parameters", [62, 650, 2**21, 2**22, LARGEST])
@pytest.mark.parametrize(("values", "record"), [(UPDATE_VALUES, 40), (MODEL_VALUES, 32)])
def test_every_piece_fits_and_nothing_is_left_out(
    make: Make, parameters: int, values: int, record: int
) -> None:
    siblings = path_of(parameters, values, record)
    pieces = pieces_of(make, CHUNK, siblings, OWNER)
    assert all(signed_size([piece]) <= PACKET_SIZE for piece in pieces)
    joined = b"".join(siblings)
    found = b"".join(bytes(piece.data) for piece in pieces)
    assert found.count(CHUNK) == 1
    assert CHUNK in bytes(pieces[0].data)
    cut = [bytes(make(b"", ()).data)] * len(pieces)
    assert sum(len(bytes(piece.data)) for piece in pieces) == (
        len(CHUNK) + len(joined) + sum(map(len, cut))
    )
    assert len(pieces) <= 2


def test_a_path_that_fits_is_one_piece_and_the_next_longer_one_is_two() -> None:
    fits = [bytes(40)] * 15
    assert len(pieces_of(answer, CHUNK, fits, OWNER)) == 1
    assert len(pieces_of(answer, CHUNK, [*fits, bytes(40)], OWNER)) == 2


def test_a_path_goes_on_without_its_chunk() -> None:
    (only,) = pieces_of(answer, b"", [b"\x07" * 40], OWNER)
    assert bytes(only.data) == bytes(answer(b"", [b"\x07" * 40]).data)


def test_steps_are_packed_in_their_order_into_as_few_transactions_as_they_fit() -> None:
    steps = [append(bytes([n]) * 256, [bytes([n]) * 40]) for n in range(5)]
    packed = pack(steps, OWNER)
    assert [step for group in packed for step in group] == steps
    assert [len(group) for group in packed] == [2, 2, 1]
    assert all(signed_size(group) <= PACKET_SIZE for group in packed)
    for first, second in pairwise(packed):
        assert transaction_size([*first, second[0]], OWNER) > PACKET_SIZE


def test_the_size_is_that_of_the_signed_transaction() -> None:
    steps = [append(CHUNK, [bytes(40)])]
    assert transaction_size(steps, OWNER) == signed_size(steps)


def test_a_step_that_fits_no_transaction_is_refused() -> None:
    account = AccountMeta(OWNER, is_signer=True, is_writable=True)
    with pytest.raises(TransactionTooLarge):
        pack([Instruction(Pubkey.new_unique(), bytes(1_300), [account])], OWNER)
