"""Compute units of every instruction on the embedded chain, beside what none could do without."""

import asyncio

from solders.pubkey import Pubkey

from benchmarks.report import Result, Table
from benchmarks.script import Step, play
from benchmarks.script_scored import PARAMETERS, TRAINERS
from benchmarks.stage import ADDRESS, NAME
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.learning.merkle import MODEL_VALUES, UPDATE_VALUES, chunk_count, depth
from fedsol.program import events
from fedsol.program.addresses import PROGRAM_ID, TOKEN_PROGRAM_ID
from fedsol.sandbox import load_program

# Anchor's own benchmark (COMPUTE_UNITS.md) and typhoon's: an empty instruction, the cheapest check
# of one account (702 - 238), and each further account that is created.
ENTRY, ACCOUNT, INIT = 238, 464, 3_662
# Agave's execution budget and syscalls.
PDA, CPI, CLOCK, SHA256, LOG_DATA = 1_500, 1_000, 140, 85, 200
# Addresses that an instruction derives: those that it creates, and its vaults.
_DERIVES = {
    "federation_create": 4,
    "federation_fund": 1,
    "federation_close": 3,
    "participant_register": 1,
    "stake_deposit": 1,
    "stake_withdraw": 1,
    "round_open": 1,
    "round_commit": 1,
    "round_join": 1,
    "reward_claim": 1,
    "fault_no_reveal": 2,
    "score_commit": 1,
    "fault_evaluator": 2,
    "evaluation_claim": 1,
    "challenge_open": 2,
    "challenge_close": 2,
    "demand_open": 2,
}
_PLACE = (16, 32, 32, 32, 8, 32)
_SCORES = 2 * len(TRAINERS)
_LEAF = (1, 4, 256)
_UPDATE: list[tuple[int, ...]] = [
    _LEAF,
    *[(1, 32, 8, 40)] * depth(chunk_count(PARAMETERS, UPDATE_VALUES)),
]
_MODEL: list[tuple[int, ...]] = [
    _LEAF,
    *[(1, 32, 32)] * depth(chunk_count(PARAMETERS, MODEL_VALUES)),
]
# What an instruction hashes, its event apart; of an update's or a model's path, every level.
_HASHES: dict[str, list[tuple[int, ...]]] = {
    "round_reveal": [(*_PLACE, 32, 8, 32, 32), (32, 32)],
    "round_reveal of masked words": [(32, 32)],
    "round_object that fells it": [(32, 4)],
    "round_advance to Aggregate, the beacon": [(32, 32)],
    "round_advance to Score, the beacon": [(32, 32)],
    "score_commit": [(32, 32)],
    "score_reveal": [(_SCORES,), (*_PLACE, 32, 32), (_SCORES,)],
    "audit_reveal": [(16, 32, 32, 32, 32, 32), (32, 32), (32, 32)],
    "challenge_append an update's chunk": _UPDATE,
    "challenge_append a planted chunk": [*_UPDATE, *[(15, 32, 4, 1)] * 8],
    "challenge_append a model's chunk": _MODEL,
    "demand_answer": _UPDATE,
}

NOTES = [
    "*Units* are the program's own, for addresses whose first bump is right; each further try costs "
    "1,500 more (half of all addresses need one). *Token* is what the token program takes on top: "
    "p-token, which clusters run since 2026 and the embedded chain too.",
    "The *floor* is what an Anchor program must pay whatever it does: 238 to be entered, 464 an "
    "account, 3,662 an account that is created (Anchor's and typhoon's benchmarks); 1,500 an "
    "address derived, 1,000 a call of another program, 140 the clock, 85 + ½ a byte a SHA-256, "
    "200 + 1 a byte an event (Agave's execution budget and syscalls). It leaves out the reading "
    "and writing of accounts: a federation, a round and a participant have 500 to 1,000 bytes each. "
    "`state/layout.rs` does both at once for all fields, in Borsh's bytes but not at Borsh's price: "
    "with Borsh's own code most instructions took twice as much.",
    f"Chunks are shown with their paths among {PARAMETERS:,} parameters, and there are "
    f"{len(TRAINERS)} submissions and two evaluators; a score takes about 1,800 units more for each "
    "evaluator above those.",
    "One transaction may use 1,400,000 units and asks for 200,000 an instruction unless told "
    "otherwise; fedsol asks for what a trial run used and a tenth more.",
]


def run(quick: bool) -> Result:
    """Plays every instruction once; the same in quick and in full."""
    del quick
    return asyncio.run(_measure())


async def _measure() -> Result:
    ledger = EmbeddedLedger(seed=b"compute units")
    load_program(ledger)
    worst: dict[str, Step] = {}
    async with Chain.embedded(ledger) as chain:
        async for step in play(chain, whole=True, seconds=4):
            known = worst.setdefault(step.move.name, step)
            if _units(step) > _units(known):
                worst[step.move.name] = step
    head = ("instruction", "units", "floor", "times the floor", "token", "accounts")
    table = Table("Compute units by instruction", head, [_row(step) for step in worst.values()])
    return Result("compute_units", "Compute units", [table], NOTES)


def _row(step: Step) -> tuple[str | int | float, ...]:
    units, least = _units(step), floor(step)
    accounts = len(step.move.instruction.accounts)
    return step.move.name, units, least, units / least, step.units.get("token", 0), accounts


def _units(step: Step) -> int:
    return step.units["fedsol"] - PDA * _missed_bumps(step)


def floor(step: Step) -> int:
    """What the instruction would cost if the program did nothing of its own."""
    name = step.move.name
    logs = step.landed.logs
    created = _calls(logs, Pubkey.default())
    token = _calls(logs, TOKEN_PROGRAM_ID)
    event = sum(len(one.payload) for one in events.from_logs(logs))
    hashes = [(32, event), *_HASHES.get(name, [])]
    hashing = sum(SHA256 + sum(max(10, size // 2) for size in one) for one in hashes)
    fixed = ENTRY + CLOCK + LOG_DATA + event + hashing
    accounts = ACCOUNT * len(step.move.instruction.accounts)
    derived = PDA * _DERIVES.get(name, 0)
    return fixed + accounts + derived + INIT * created + CPI * token


def _calls(logs: tuple[str, ...], program: Pubkey) -> int:
    return sum(line.startswith(f"Program {program} invoke") for line in logs)


def _missed_bumps(step: Step) -> int:
    """Tries before the right bump, over all addresses that the instruction searches."""
    keys = [bytes(meta.pubkey) for meta in step.move.instruction.accounts]
    searched: list[tuple[bytes, ...]] = []
    match step.move.name:
        case "federation_create":
            searched = [(kind, keys[1]) for kind in (b"stake", b"reward", b"treasury")]
            name = NAME if step.move.federation == ADDRESS else "scored"
            searched.append((b"federation", keys[0], name.encode()))
        case "participant_register":
            searched = [(b"participant", keys[1], keys[0])]
        case "round_open":
            numbers = (number.to_bytes(8, "little") for number in (1, 2))
            every = [(b"round", keys[1], number) for number in numbers]
            searched = [seeds for seeds in every if bytes(_address(seeds)[0]) == keys[3]]
        case "round_commit" | "round_join":
            searched = [(b"submission", keys[2], keys[3])]
        case "score_commit":
            searched = [(b"evaluation", keys[2], keys[3])]
        case "challenge_open" | "demand_open":
            # A submission that is left out is the program's own address.
            target = keys[2] if keys[3] == bytes(PROGRAM_ID) else keys[3]
            searched = [(b"challenge", keys[2], target, keys[0])]
    return sum(255 - _address(seeds)[1] for seeds in searched)


def _address(seeds: tuple[bytes, ...]) -> tuple[Pubkey, int]:
    return Pubkey.find_program_address(seeds, PROGRAM_ID)
