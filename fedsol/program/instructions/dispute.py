"""Disputes: claims with a bond that something posted is wrong, and demands to show it.

``target`` is the submission's address, or ``None`` for the round's aggregate.
"""

from collections.abc import Sequence
from typing import Any

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.addresses import FederationRef
from fedsol.program.generated import instructions as raw
from fedsol.program.generated.types import challenge_kind
from fedsol.program.generated.types import part as parts
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.generated.types.demand_answer_args import DemandAnswerArgs
from fedsol.program.generated.types.evidence_args import EvidenceArgs
from fedsol.program.generated.types.measure_args import MeasureArgs
from fedsol.program.generated.types.part import PartKind

UPDATE: PartKind = parts.Update()
BASE: PartKind = parts.Base()
POSTED: PartKind = parts.Posted()
SELECTION: PartKind = parts.Selection()


def wrong_aggregate(coordinate: int) -> ChallengeKindKind:
    """One parameter of the new model is not what the rule makes of the accepted updates."""
    return challenge_kind.WrongAggregate({"coordinate": coordinate})


def lying_norm(chunk: int) -> ChallengeKindKind:
    """A chunk of an update lies about its Σ q², or has values that no update may have."""
    return challenge_kind.LyingNorm({"chunk": chunk})


def copied_update() -> ChallengeKindKind:
    """Another submission of the round has the same root and was committed before."""
    return challenge_kind.CopiedUpdate()


def false_plant(chunk: int) -> ChallengeKindKind:
    """A chunk of a planted update is not what its seed makes."""
    return challenge_kind.FalsePlant({"chunk": chunk})


def wrong_weights() -> ChallengeKindKind:
    """The weights are none that the rule may give, or count a submission that is not accepted."""
    return challenge_kind.WrongWeights()


def wrong_selection(selected: int, passed_over: int) -> ChallengeKindKind:
    """By the posted table one submission counts, and another that comes before it does not."""
    return challenge_kind.WrongSelection({"selected": selected, "passed_over": passed_over})


def wrong_distance(first: int, second: int) -> ChallengeKindKind:
    """An entry of the posted table (row, column) is not the distance of the two updates."""
    return challenge_kind.WrongDistance({"first": first, "second": second})


def challenge_open(
    federation: FederationRef,
    number: int,
    challenger: Pubkey,
    kind: ChallengeKindKind,
    *,
    target: Pubkey | None = None,
    tokens: Pubkey | None = None,
) -> Instruction:
    """Claims a fault, with a bond. Signs: challenger, who pays the rent."""
    return raw.challenge_open(
        {"kind": kind}, _opening(federation, number, challenger, target, tokens)
    )


def demand_open(
    federation: FederationRef,
    number: int,
    challenger: Pubkey,
    chunk: int,
    *,
    target: Pubkey | None = None,
    of_selection: bool = False,
    tokens: Pubkey | None = None,
) -> Instruction:
    """Asks an author to show a chunk on chain, with a bond. Signs: challenger, who pays the rent.

    Without a ``target`` the chunk is the new model's, or that ``of_selection``.
    """
    return raw.demand_open(
        {"chunk": chunk, "of_selection": of_selection},
        _opening(federation, number, challenger, target, tokens),
    )


def challenge_append(
    federation: Pubkey,
    number: int,
    challenger: Pubkey,
    part: PartKind,
    *,
    siblings: Sequence[bytes],
    chunk: bytes = b"",
    declared: int = 0,
    target: Pubkey | None = None,
    submission: Pubkey | None = None,
    place: int = 0,
) -> Instruction:
    """Adds a chunk with its path, or the next piece of a path, to a challenge. Signs: challenger.

    ``submission`` is the one whose update this is; none for a model; with weights, one that has a
    weight and is not accepted. ``chunk`` has 256 bytes where the path begins, and is empty where it
    goes on; ``declared`` is the leaf's sum as its author hashed it, for a lying norm alone. The path
    climbs from the leaf. ``place`` counts the chunks of a selection that the challenge asks for: the
    weights, the row of the selected one, the row of the one that was passed over.
    """
    round_ = at.round_address(federation, number)
    evidence = EvidenceArgs(
        part=part, place=place, chunk=chunk, declared=declared, siblings=b"".join(siblings)
    )
    return raw.challenge_append(
        {"args": evidence},
        {
            "challenger": challenger,
            "challenge": at.challenge_address(round_, target or round_, challenger),
            "submission": submission,
        },
    )


def challenge_measure(
    federation: Pubkey,
    number: int,
    challenger: Pubkey,
    position: int,
    data: bytes,
    *,
    pair: tuple[Pubkey, Pubkey] | None = None,
) -> Instruction:
    """Streams two whole updates to the challenge of a distance, chunk by chunk in turn. Signs: challenger.

    ``position`` is how many bytes came before ``data``; 0 begins anew. ``pair`` are the two
    submissions, with the last bytes; where one of them is not accepted, without any.
    """
    round_ = at.round_address(federation, number)
    first, second = pair or (None, None)
    return raw.challenge_measure(
        {"args": MeasureArgs(position=position, bytes=data)},
        {
            "challenger": challenger,
            "challenge": at.challenge_address(round_, round_, challenger),
            "first": first,
            "second": second,
        },
    )


def demand_answer(
    federation: Pubkey,
    number: int,
    owner: Pubkey,
    challenger: Pubkey,
    *,
    siblings: Sequence[bytes],
    chunk: bytes = b"",
    target: Pubkey | None = None,
    answerer: Pubkey | None = None,
) -> Instruction:
    """Shows the demanded chunk with its path, or the next piece of the path.

    Signs: the accused's ``owner``; or, for a whole path in one call, any ``answerer``.
    """
    round_ = at.round_address(federation, number)
    return raw.demand_answer(
        {"args": DemandAnswerArgs(chunk=chunk, siblings=b"".join(siblings))},
        {
            "answerer": answerer or owner,
            "participant": at.participant_address(federation, owner),
            "round": round_,
            "challenge": at.challenge_address(round_, target or round_, challenger),
            "submission": target,
        },
    )


def challenge_resolve(
    federation: Pubkey,
    number: int,
    challenger: Pubkey,
    accused: Pubkey,
    *,
    target: Pubkey | None = None,
    original: Pubkey | None = None,
    aggregator: Pubkey | None = None,
    last_aggregator: Pubkey | None = None,
) -> Instruction:
    """Lets the program decide a challenge or a demand. Nobody signs.

    ``accused`` is the participant that the challenge names. ``original`` is the earlier of two
    equal submissions. ``aggregator`` (a participant) is needed while an aggregate stands that may
    fall with the submission, unless it is the accused; ``last_aggregator`` when the accused may
    leave the middle of the list of aggregators, unless it is passed as ``aggregator``.
    """
    round_ = at.round_address(federation, number)
    return raw.challenge_resolve(
        {
            "federation": federation,
            "round": round_,
            "challenge": at.challenge_address(round_, target or round_, challenger),
            "accused": accused,
            "submission": target,
            "original": original,
            "aggregator": aggregator,
            "last_aggregator": last_aggregator,
        }
    )


def challenge_expire(
    federation: Pubkey,
    number: int,
    challenger: Pubkey,
    *,
    accused: Pubkey | None = None,
    target: Pubkey | None = None,
) -> Instruction:
    """Ends a challenge without a verdict. Nobody signs.

    ``accused`` (a participant) is needed unless what was challenged has fallen already.
    """
    round_ = at.round_address(federation, number)
    return raw.challenge_expire(
        {
            "federation": federation,
            "round": round_,
            "challenge": at.challenge_address(round_, target or round_, challenger),
            "accused": accused,
            "submission": target,
        }
    )


def challenge_close(
    federation: FederationRef,
    number: int,
    challenger: Pubkey,
    *,
    target: Pubkey | None = None,
    tokens: Pubkey | None = None,
) -> Instruction:
    """Moves what a decided dispute leaves to challenger and treasury, and closes it. Nobody signs."""
    round_ = at.round_address(federation.address, number)
    return raw.challenge_close(
        {
            "federation": federation.address,
            "challenge": at.challenge_address(round_, target or round_, challenger),
            "challenger": challenger,
            "challenger_tokens": tokens or at.token_address(challenger, federation.stake),
            "stake_mint": federation.stake.mint,
            "stake_vault": at.stake_vault_address(federation.address),
            "treasury_vault": at.treasury_vault_address(federation.address),
            "token_program_id": federation.stake.program,
        }
    )


def _opening(
    federation: FederationRef,
    number: int,
    challenger: Pubkey,
    target: Pubkey | None,
    tokens: Pubkey | None,
) -> Any:
    round_ = at.round_address(federation.address, number)
    return {
        "challenger": challenger,
        "federation": federation.address,
        "round": round_,
        "submission": target,
        "challenge": at.challenge_address(round_, target or round_, challenger),
        "stake_mint": federation.stake.mint,
        "stake_vault": at.stake_vault_address(federation.address),
        "challenger_tokens": tokens or at.token_address(challenger, federation.stake),
        "token_program_id": federation.stake.program,
    }
