"""What an attack cost and what it brought: balances from the accounts, fines and bonds from the events."""

from dataclasses import dataclass

from fedsol.chain import LandedTransaction
from fedsol.demo.attack_record import Bond, Fine, people_of, read_money
from fedsol.demo.attack_roles import CHEAT
from fedsol.demo.cast import CHEAT_ROUND
from fedsol.demo.story import Outcome
from fedsol.program.events import from_logs

_PROVING = (
    "ChallengeOpened",
    "ChallengeAppended",
    "ChallengeResolved",
    "ChallengeExpired",
    "ChallengeClosed",
    "NoRevealFaulted",
    "EvaluatorFaulted",
)
"""What a transaction of a proof records."""


@dataclass(frozen=True)
class Balance:
    """Somebody's tokens before and after, wherever they are; ``honest`` is after the same story
    without a cheat. Token units; ``fees`` in lamports.
    """

    name: str
    stake_before: int
    stake_after: int
    stake_honest: int
    rewards: int
    rewards_honest: int
    fees: int


@dataclass(frozen=True)
class Proof:
    """What it took to prove the fault: transactions, compute units, bytes, and fees in lamports."""

    transactions: int
    compute_units: int
    bytes: int
    fees: int


@dataclass(frozen=True)
class Reckoning:
    """The whole bill. ``treasury`` is what its vault holds, ``burned`` what the mint lost."""

    cheat: str
    fines: list[Fine]
    bonds: list[Bond]
    balances: list[Balance]
    treasury: int
    burned: int
    proof: Proof

    @property
    def fine(self) -> Fine | None:
        """What the cheat was fined for what it did; None if it was not caught."""
        found = (one for one in self.fines if one.round == CHEAT_ROUND)
        return next((one for one in found if one.accused == self.cheat), None)

    def of(self, name: str) -> Balance:
        """Somebody's balance."""
        return next(one for one in self.balances if one.name == name)

    @property
    def checks(self) -> dict[str, bool]:
        """What must hold of an attack that failed, by name."""
        cheat, fine = self.of(self.cheat), self.fine
        finder = self.of(fine.finder) if fine is not None and fine.finder in self._names else None
        guilty = {self.cheat} | ({fine.finder} if fine is not None else set())
        before = sum(one.stake_before for one in self.balances)
        after = sum(one.stake_after for one in self.balances)
        return {
            "caught": fine is not None,
            "cheat_poorer": cheat.stake_after < cheat.stake_honest
            and cheat.rewards <= cheat.rewards_honest,
            "finder_richer": finder is not None and finder.stake_after > finder.stake_before,
            "others_whole": all(
                one.stake_after == one.stake_before
                for one in self.balances
                if one.name not in guilty
            ),
            "nothing_lost": before == after + self.treasury + self.burned,
        }

    @property
    def caught(self) -> bool:
        """Whether the attack was tried, proved and punished, and nobody else paid for it."""
        return all(self.checks.values())

    @property
    def _names(self) -> set[str]:
        return {one.name for one in self.balances}


def reckon(outcome: Outcome, honest: Outcome) -> Reckoning:
    """Adds the record up; ``honest`` is the same story without the cheat."""
    fines, bonds = read_money(outcome)
    return Reckoning(
        cheat=_cheat_of(outcome),
        fines=fines,
        bonds=bonds,
        balances=[_balance(name, outcome, honest) for name in outcome.wallets],
        treasury=outcome.treasury,
        burned=outcome.burned,
        proof=_proof(outcome.transactions),
    )


def _cheat_of(outcome: Outcome) -> str:
    """Who cheated: the first to aggregate in its round, where the attack is that of an aggregator."""
    if outcome.scenario.attack != "wrong-aggregate":
        return CHEAT
    people, number = people_of(outcome), 0
    for moment in outcome.moments:
        number += moment.event.name == "RoundOpened"
        if number == CHEAT_ROUND and moment.event.name == "RoundAggregated":
            return people[moment.event.data.participant]
    return CHEAT


def _balance(name: str, outcome: Outcome, honest: Outcome) -> Balance:
    owner = outcome.scenario.key(name).pubkey()
    paid = [one.fee for one in outcome.transactions if one.keys[0] == owner]
    return Balance(
        name=name,
        stake_before=outcome.wallets[name].brought[0],
        stake_after=_stake(name, outcome),
        stake_honest=_stake(name, honest),
        rewards=outcome.wallets[name].reward,
        rewards_honest=honest.wallets[name].reward,
        fees=sum(paid),
    )


def _stake(name: str, outcome: Outcome) -> int:
    """All stake tokens of somebody, in the wallet and in the federation."""
    account = outcome.participants.get(outcome.scenario.key(name).pubkey())
    inside = 0
    if account is not None:
        inside = account.stake + account.bonded + sum(one.amount for one in account.unbonding)
    return outcome.wallets[name].stake + inside


def _proof(transactions: list[LandedTransaction]) -> Proof:
    found = [one for one in transactions if one.err is None and _proves(one)]
    return Proof(
        transactions=len(found),
        compute_units=sum(one.units for one in found),
        bytes=sum(len(one.raw) for one in found),
        fees=sum(one.fee for one in found),
    )


def _proves(landed: LandedTransaction) -> bool:
    return any(event.name in _PROVING for event in from_logs(landed.logs))
