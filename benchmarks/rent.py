"""What a participant pays for a round, in bytes and lamports, and that it pays no more in a crowd."""

from solders.pubkey import Pubkey

from benchmarks.crowd import Cost, Crowd
from benchmarks.report import Result, Table, spread
from benchmarks.stage import ADDRESS, CREATOR, FEDERATION, GENESIS, SOL
from fedsol.program import addresses as at
from fedsol.program import instructions as ix
from fedsol.program.commitment import Place, scores_commitment
from fedsol.program.params import window

ROUND = ("round_commit", "round_reveal", "reward_claim + submission_close")
JOINING = ("participant_register", "stake_deposit")
TRY = 1_500
PARAMETERS = 1_000_000
# Lamports of rent a byte, and what every account has on top (bytes): SIMD-0437's first two steps.
MAINNET, OVERHEAD = 5_080, 128

NOTES = [
    "A participant pays three fees a round (a transaction for the commit, one for the reveal, one "
    "to claim and close) and, from its commit to its close, the rent of one submission, which comes "
    "back whole: the run checks every participant's lamports to the last one. Rent at mainnet is "
    "computed at 5,080 lamports a byte (November 2026; it is being lowered in steps); the embedded "
    "chain's own rate is 6,960. Priority fees, if any, come on top.",
    "An evaluator pays three fees a round as well, one more for every 400 submissions above the "
    "first 400, and the rent of its evaluation. A challenge of an aggregate holds two bytes and a "
    "bit for every submission, an evaluation two bytes, a demand the chunk and its path (here among "
    f"{PARAMETERS:,} parameters).",
    "Units are the program's own without the luck of the address (1,500 for each bump tried in vain "
    "at the commit). No instruction of a round loops over participants, and no account of a "
    "participant grows with them: what little differs (tenths of a per cent) is how many bytes of a "
    "counter carry over.",
]


def run(quick: bool) -> Result:
    """Small crowds in quick; up to 4,000 in full."""
    sizes = (5, 50) if quick else (10, 1_000, 4_000)
    crowds = {size: Crowd(size) for size in sizes}
    costs = {size: crowd.round() for size, crowd in crowds.items()}
    smallest = sizes[0]
    _check_lamports(crowds[smallest], costs[smallest])
    tables = [
        _transactions(costs[smallest]),
        _accounts((3, 6), (4, 8)) if quick else _accounts((64, 1_000), (100, 1_000)),
        _by_size(crowds, costs),
    ]
    return Result("rent", "Fees, bytes and rent", tables, NOTES)


def _transactions(costs: dict[str, list[Cost]]) -> Table:
    rows: list[tuple[str | int | float, ...]] = [
        (name, max(cost.size for cost in costs[name]), costs[name][0].fee)
        for name in (*JOINING, *ROUND)
    ]
    fees = sum(costs[name][0].fee for name in ROUND)
    rows.append(("a round", sum(max(one.size for one in costs[name]) for name in ROUND), fees))
    return Table("Transactions of one participant", ("transaction", "bytes", "fee"), rows)


def _accounts(disputed: tuple[int, int], evaluated: tuple[int, int]) -> Table:
    """Sizes as they are on the chain, in rounds with so many submissions."""
    smaller, larger = (_disputed(size) for size in disputed)
    round_ = at.round_address(ADDRESS, 1)
    person = smaller.people[0]
    submission = smaller.submission(person)
    addresses: dict[str, Pubkey] = {
        "federation (once)": ADDRESS,
        "vault (three, once)": at.stake_vault_address(ADDRESS),
        "participant (until it leaves)": smaller.participant(person),
        "round (until everybody has claimed)": round_,
        "submission (from commit to close)": submission,
        "demand for an update's chunk": _challenge(submission),
    }
    sizes = {name: smaller.size_of(address) for name, address in addresses.items()}
    for crowd in (smaller, larger):
        name = f"challenge of an aggregate of {len(crowd.people):,}"
        sizes[name] = crowd.size_of(_challenge(round_))
    for size in evaluated:
        sizes[f"evaluation of {size:,} submissions"] = _evaluated(size)
    rows: list[tuple[str | int | float, ...]] = [
        (name, size, smaller.ledger.bank.rent(size), MAINNET * (OVERHEAD + size))
        for name, size in sizes.items()
    ]
    head = ("account", "bytes", "rent, embedded", "rent, mainnet")
    return Table("Rent, in lamports: locked, and returned when the account is closed", head, rows)


def _disputed(size: int) -> Crowd:
    """A crowd whose aggregate is challenged, and of whose first update a chunk is demanded."""
    crowd = Crowd(size, parameters=PARAMETERS)
    crowd.join()
    crowd.submit()
    crowd.aggregate(bytes(32))
    who, kind = CREATOR.pubkey(), ix.wrong_aggregate(0)
    crowd.send(CREATOR, ix.challenge_open(FEDERATION, 1, who, kind))
    submission = crowd.submission(crowd.people[0])
    crowd.send(CREATOR, ix.demand_open(FEDERATION, 1, who, 0, target=submission))
    return crowd


def _challenge(target: Pubkey) -> Pubkey:
    return at.challenge_address(at.round_address(ADDRESS, 1), target, CREATOR.pubkey())


def _evaluated(size: int) -> int:
    """Bytes of the evaluation of so many submissions."""
    crowd = Crowd(size, score=window(4))
    crowd.join()
    crowd.submit()
    who = crowd.people[0]
    person = crowd.participant(who)
    sealed = scores_commitment(Place(GENESIS, ADDRESS, 1, person), [0] * size, bytes(32))
    crowd.send(who, ix.score_commit(ADDRESS, 1, who.pubkey(), sealed))
    return crowd.size_of(at.evaluation_address(at.round_address(ADDRESS, 1), person))


def _by_size(crowds: dict[int, Crowd], costs: dict[int, dict[str, list[Cost]]]) -> Table:
    rows: list[tuple[str | int | float, ...]] = []
    for name in ROUND:
        for size, crowd in crowds.items():
            least, middle, most = spread(own_units(crowd, name, costs[size][name]))
            rows.append((name, size, int(least), int(middle), int(most)))
    head = ("transaction", "participants", "least units", "median", "most")
    return Table("The same for everybody, however many there are", head, rows)


def own_units(crowd: Crowd, name: str, costs: list[Cost]) -> list[int]:
    """The program's units of each participant's transaction, without the luck of its address."""
    if name != "round_commit":
        return [cost.own for cost in costs]
    tries = [crowd.missed_bumps(who) for who in crowd.people]
    return [cost.own - TRY * tried for cost, tried in zip(costs, tries, strict=True)]


def _check_lamports(crowd: Crowd, costs: dict[str, list[Cost]]) -> None:
    """Everybody has what they had, less the fees and the rent of the participant."""
    for index, who in enumerate(crowd.people):
        fees = sum(costs[name][index].fee for name in (*JOINING, *ROUND))
        fees += costs["round_aggregate"][0].fee if index == 0 else 0
        rent = crowd.ledger.bank.rent(crowd.size_of(crowd.participant(who)))
        held = crowd.lamports_of(who)
        assert held == 10 * SOL - fees - rent, (index, held)
