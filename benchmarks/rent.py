"""What a participant pays for a round, in bytes and lamports, and that it pays no more in a crowd."""

from solders.pubkey import Pubkey

from benchmarks.crowd import Cost, Crowd
from benchmarks.report import Result, Table, spread
from benchmarks.script import ADDRESS, SOL
from fedsol.program import addresses as at

ROUND = ("round_commit", "round_reveal", "reward_claim + submission_close")
JOINING = ("participant_register", "stake_deposit")
TRY = 1_500
# Lamports of rent a byte, and what every account has on top (bytes): SIMD-0437's first two steps.
MAINNET, OVERHEAD = 5_080, 128

NOTES = [
    "A participant pays three fees a round (a transaction for the commit, one for the reveal, one "
    "to claim and close) and, from its commit to its close, the rent of one submission, which comes "
    "back whole: the run checks every participant's lamports to the last one. Rent at mainnet is "
    "computed at 5,080 lamports a byte (November 2026; it is being lowered in steps); the embedded "
    "chain's own rate is 6,960. Priority fees, if any, come on top.",
    "Units are the program's own without the luck of the address (1,500 for each bump tried in vain "
    "at the commit). No instruction loops over participants, and no account grows with them: what "
    "little differs (tenths of a per cent) is how many bytes of a counter carry over.",
]


def run(quick: bool) -> Result:
    """Small crowds in quick; up to 10,000 in full."""
    sizes = (5, 50) if quick else (10, 1_000, 10_000)
    crowds = {size: Crowd(size) for size in sizes}
    costs = {size: crowd.round() for size, crowd in crowds.items()}
    smallest = sizes[0]
    _check_lamports(crowds[smallest], costs[smallest])
    tables = [
        _transactions(costs[smallest]),
        _accounts(crowds[smallest]),
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


def _accounts(crowd: Crowd) -> Table:
    """Sizes are read from the chain; the submission is gone, so its size is the program's."""
    owner = crowd.people[0].pubkey()
    people = at.participant_address(ADDRESS, owner)
    addresses: dict[str, Pubkey] = {
        "federation (once)": ADDRESS,
        "vault (three, once)": at.stake_vault_address(ADDRESS),
        "participant (until it leaves)": people,
        "round (until everybody has claimed)": at.round_address(ADDRESS, 1),
    }
    rows: list[tuple[str | int | float, ...]] = [
        _account(name, crowd, _size(crowd, address)) for name, address in addresses.items()
    ]
    rows.append(_account("submission (from commit to close)", crowd, crowd.submission_size))
    head = ("account", "bytes", "rent, embedded", "rent, mainnet")
    return Table("Rent, in lamports: locked, and returned when the account is closed", head, rows)


def _account(name: str, crowd: Crowd, size: int) -> tuple[str | int | float, ...]:
    return name, size, crowd.ledger.bank.rent(size), MAINNET * (OVERHEAD + size)


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
        fees += crowd.aggregate_fee if index == 0 else 0
        held = crowd.ledger.get_account(who.pubkey())
        participant = at.participant_address(ADDRESS, who.pubkey())
        rent = crowd.ledger.bank.rent(_size(crowd, participant))
        assert held is not None
        assert held.lamports == 10 * SOL - fees - rent, (index, held.lamports)


def _size(crowd: Crowd, address: Pubkey) -> int:
    account = crowd.ledger.get_account(address)
    assert account is not None
    return len(account.data)
