"""What an attacker passes in a slot instead, and the error that names it."""

from __future__ import annotations

from collections.abc import Iterator

from solders.pubkey import Pubkey

from fedsol.errors import ProgramError
from fedsol.program import Round, errors
from tests.program.slots import CREATED, Slot
from tests.program.valid_calls import Stage
from tests.world import framework_error

SEEDS = framework_error(2006)


PAYS_REWARD = ("federation_fund", "reward_claim", "evaluation_claim")


def foreigners(made: Stage, slot: Slot) -> Iterator[tuple[str, Pubkey]]:
    """Accounts of the right type that belong elsewhere, by a label of where."""
    world, twin = made.world, made.twin
    here: dict[str, Pubkey] = {}
    match slot.kind:
        case "Federation":
            here = {"twin": twin.ref.address}
        case "Round":
            here = {"twin": twin.round_at(), "older": world.round_at(1)}
        case "Participant":
            who = _name_in(made, slot)
            here = {
                "twin": twin.person(who),
                "other": world.person("carol" if who == "bob" else "bob"),
            }
        case "Submission":
            here = {
                "twin": twin.submission_at("alice"),
                "other": world.submission_at("bob"),
                "older": world.submission_at("alice", 1),
            }
        case "Evaluation":
            passed = made.call.at(slot.name)
            mine = next(one for one in world.seated() if world.evaluation_at(one) != passed)
            here = {
                "twin": twin.evaluation_at(twin.seated()[0]),
                "other": world.evaluation_at(mine),
                "older": world.evaluation_at("eva", 1),
            }
        case "Challenge":
            here = {
                "twin": twin.challenge_at("eve", "alice"),
                "older": world.challenge_at("eve", "bob", 1),
            }
        case "Mint":
            here = {"other": made.other_mint.mint}
            here["sibling"] = (
                world.ref.reward.mint if slot.name == "stake_mint" else world.ref.stake.mint
            )
        case "Vault":
            for name in ("stake_vault", "reward_vault", "treasury_vault"):
                here[f"twin's {name}"] = getattr(twin, name)
                here[f"own {name}"] = getattr(world, name)
            here["eve's stake"] = world.stake_account("eve")
            here["eve's reward"] = world.reward_account("eve")
        case "Tokens":
            here["other mint"] = (
                world.stake_account("alice")
                if "reward" in slot.name or slot.instruction in PAYS_REWARD
                else world.reward_account("alice")
            )
            if slot.instruction == "challenge_close":
                here["stranger"] = world.stake_account("alice")
        case "Wallet":
            here = {"stranger": world.owner("mallory")}
    present = made.call.instruction.accounts
    taken = {meta.pubkey for meta in present}
    for label, address in here.items():
        # What is in the call already would be a duplicate: V05.
        as_good = (*slot.key, label) in AS_GOOD
        if address not in taken and world.exists(address) and not as_good:
            yield label, address


def _name_in(made: Stage, slot: Slot) -> str:
    """Whose participant the valid call passes."""
    if slot.key in CREATED:
        return "alice"
    return made.world.name_of(made.call.at(slot.name))


FOREIGN: dict[str, type[ProgramError]] = {
    "Federation": errors.WrongFederation,
    "Round": errors.WrongFederation,
    "Participant": errors.WrongFederation,
    "Submission": errors.WrongSubmission,
    "Evaluation": errors.WrongEvaluation,
    "Challenge": errors.WrongChallenge,
    "Mint": errors.WrongMint,
    "Vault": SEEDS,
    "Tokens": errors.WrongMint,
    "Wallet": errors.NotOwner,
}
OLDER_ROUND: dict[str, type[ProgramError]] = {
    "round_commit": SEEDS,
    "round_join": SEEDS,
    "round_share": errors.WrongSubmission,
    "round_reveal": errors.WrongSubmission,
    "round_object": errors.WrongSubmission,
    "fault_no_reveal": errors.WrongSubmission,
    "reward_claim": errors.WrongSubmission,
    "round_close": errors.RoundInUse,
    "score_commit": SEEDS,
    "score_reveal": errors.WrongEvaluation,
    "audit_reveal": errors.WrongSubmission,
    "submission_score": errors.WrongSubmission,
    "fault_evaluator": errors.WrongEvaluation,
    "evaluation_claim": errors.WrongEvaluation,
    "evaluation_close": errors.WrongEvaluation,
    "challenge_open": SEEDS,
    "challenge_resolve": errors.WrongChallenge,
    "challenge_expire": errors.WrongChallenge,
    "demand_open": SEEDS,
    "demand_answer": errors.WrongChallenge,
}
# Addresses that are derived from the federation are checked before what belongs to it.
EXCEPTIONS: dict[tuple[str, str, str], type[ProgramError]] = {
    ("federation_fund", "federation", "twin"): SEEDS,
    ("federation_pause", "federation", "twin"): errors.NotCreator,
    ("federation_close", "federation", "twin"): errors.NotCreator,
    ("participant_register", "federation", "twin"): SEEDS,
    ("round_open", "federation", "twin"): SEEDS,
    ("round_commit", "round", "twin"): SEEDS,
    ("round_commit", "participant", "twin"): SEEDS,
    ("round_commit", "participant", "other"): SEEDS,
    ("round_join", "round", "twin"): SEEDS,
    ("round_join", "participant", "twin"): SEEDS,
    ("round_join", "participant", "other"): SEEDS,
    ("submission_close", "round", "twin"): errors.WrongSubmission,
    ("submission_close", "round", "older"): errors.WrongSubmission,
    ("round_close", "round", "twin"): errors.WrongRound,
    ("round_settle", "aggregator", "twin"): errors.WrongAggregator,
    ("round_settle", "aggregator", "other"): errors.WrongAggregator,
    ("round_object", "aggregator", "twin"): errors.WrongAggregator,
    ("round_object", "aggregator", "other"): errors.WrongAggregator,
    ("fault_no_reveal", "participant", "other"): errors.WrongSubmission,
    ("fault_no_reveal", "last_aggregator", "other"): errors.WrongLastAggregator,
    ("stake_unbond", "last_aggregator", "other"): errors.WrongLastAggregator,
    ("federation_pause", "creator", "stranger"): errors.NotCreator,
    ("federation_close", "creator", "stranger"): errors.NotCreator,
    ("federation_create", "creator", "stranger"): SEEDS,
    ("participant_register", "owner", "stranger"): SEEDS,
    ("round_close", "payer", "stranger"): errors.WrongRound,
    ("participant_close", "closer", "stranger"): errors.CloserNotAllowed,
    ("score_commit", "round", "twin"): SEEDS,
    ("score_commit", "participant", "twin"): SEEDS,
    ("score_commit", "participant", "other"): SEEDS,
    ("submission_score", "round", "twin"): errors.WrongSubmission,
    ("fault_evaluator", "participant", "other"): errors.WrongEvaluation,
    ("fault_evaluator", "last_aggregator", "other"): errors.WrongLastAggregator,
    ("challenge_open", "challenger", "stranger"): SEEDS,
    ("challenge_open", "round", "twin"): SEEDS,
    ("challenge_open", "submission", "twin"): SEEDS,
    ("challenge_open", "submission", "other"): SEEDS,
    ("challenge_open", "submission", "older"): SEEDS,
    ("challenge_append", "challenge", "twin"): errors.WrongSubmission,
    ("challenge_append", "challenge", "older"): errors.WrongSubmission,
    ("challenge_measure", "challenge", "older"): errors.WrongSubmission,
    ("challenge_resolve", "aggregator", "twin"): errors.WrongAggregator,
    ("challenge_expire", "accused", "other"): errors.WrongChallenge,
    ("challenge_close", "challenge", "twin"): errors.WrongFederation,
    ("challenge_close", "challenger", "stranger"): errors.WrongChallenge,
    ("challenge_close", "challenger_tokens", "stranger"): errors.WrongChallenge,
    ("demand_open", "challenger", "stranger"): SEEDS,
    ("demand_open", "round", "twin"): SEEDS,
    ("demand_open", "submission", "twin"): SEEDS,
    ("demand_open", "submission", "other"): SEEDS,
    ("demand_open", "submission", "older"): SEEDS,
    ("demand_answer", "participant", "twin"): errors.WrongChallenge,
    ("demand_answer", "participant", "other"): errors.WrongChallenge,
    ("demand_answer", "round", "twin"): errors.WrongChallenge,
}
# Not foreign at all: anybody's submission may be scored, and any decided dispute closed.
AS_GOOD = {("submission_score", "submission", "other"), ("challenge_close", "challenge", "older")}
# Free to choose: any mint may found a federation, anybody may find a fault or answer for somebody.
FREE = {
    ("federation_create", "stake_mint"),
    ("federation_create", "reward_mint"),
    ("fault_no_reveal", "finder"),
    ("fault_evaluator", "finder"),
    ("demand_answer", "answerer"),
}


def expected_for(made: Stage, slot: Slot, label: str) -> type[ProgramError]:
    """The error that names what is foreign."""
    if slot.key in CREATED:
        return SEEDS
    if (found := EXCEPTIONS.get((*slot.key, label))) is not None:
        return found
    if (*slot.key, label) == ("round_settle", "round", "older"):
        older = made.world.decode(Round, made.world.round_at(1))
        same = older.aggregator == made.call.at("aggregator")
        return errors.WrongPhase if same else errors.WrongAggregator
    if slot.kind == "Round" and label == "older":
        return OLDER_ROUND.get(slot.instruction, errors.WrongPhase)
    if slot.kind == "Participant" and label == "other":
        return errors.NotOwner
    return FOREIGN[slot.kind]
