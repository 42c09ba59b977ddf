"""Everybody is paid for each round that it took part in, and nothing is left on the chain."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.chain import Draft, EmbeddedLedger
from fedsol.chain.records import PACKET_SIZE
from fedsol.errors import ChainError, ConfigError
from fedsol.learning import Mean, flatten, to_fixed
from fedsol.program import Federation
from fedsol.program.addresses import round_address, submission_address
from fedsol.program.commitment import Update
from fedsol.program.tokens import token_amount
from fedsol.simulation import EmbeddedGovernor
from fedsol.simulation.chain_process import Keeper
from fedsol.simulation.chain_process_signing import CLAIMS, COMMITS, REVEALS, Signer
from fedsol.simulation.governing_plan import GovernedRound, Plan
from tests.unit.simulation.crowd import MODEL

INITIAL: NDArray[np.int32] = to_fixed(flatten(MODEL.init(jax.random.key(0)))[0], 16)
EVERYBODY = range(6)
SOME = range(4)
REWARD = 1_200_000
# round_close of the round before, round_open, round_advance thrice, aggregate, settle.
CRANK = 7


@dataclass
class Wire:
    """One end of a connection: what is sent goes to ``deliver``, what is received was ``put``."""

    deliver: Callable[[Any], None]
    put: deque[Any] = field(default_factory=deque)

    def send(self, message: Any) -> None:
        self.deliver(message)

    def recv(self) -> Any:
        return self.put.popleft()


class Simulated:
    """What the two processes do, in this one: an order is carried out when it is sent."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.results: deque[Any] = deque()
        to_chain = Wire(lambda order: getattr(self.keeper, order[0])(*order[1:]))
        to_signer, results = Wire(to_chain.put.append), Wire(self.results.append)
        self.keeper = Keeper(to_signer, results, plan)  # type: ignore[arg-type]
        self.signer = Signer(to_chain, plan, INITIAL)  # type: ignore[arg-type]

    def round(self, number: int, clients: range) -> GovernedRound:
        """A round in which nobody learns anything."""
        self.signer.begin(number)
        self.signer.submit(clients, np.zeros((len(clients), INITIAL.size), np.int16))
        self.signer.finish(INITIAL, None)
        done: GovernedRound = self.results.popleft()
        return done

    def kept(self, number: int) -> EmbeddedLedger:
        """The chain as it is saved after a round."""
        self.signer.save(number)
        return EmbeddedLedger.load(self.plan.ledger_file(number))

    def paid(self, ledger: EmbeddedLedger, client: int) -> int:
        account = ledger.get_account(self.plan.tokens_of(self.plan.client(client).owner)[1])
        assert account is not None
        return token_amount(account.data)

    def owed(self, ledger: EmbeddedLedger) -> int:
        account = ledger.get_account(self.plan.federation.address)
        assert account is not None
        return int(Federation.decode(account.data).reward_owed)


@pytest.fixture
def simulated(tmp_path: Path) -> Simulated:
    rules = EmbeddedGovernor({"round_reward": REWARD}).params
    return Simulated(Plan(0, rules, INITIAL.size, "logreg", bytes(32), tmp_path, False))


def test_clients_send_together_what_fits_a_transaction(simulated: Simulated) -> None:
    rounds = [simulated.round(number, EVERYBODY) for number in (1, 2, 3)]
    sent = sum(math.ceil(len(EVERYBODY) / most) for most in (COMMITS, REVEALS, CLAIMS))
    assert rounds[2].transactions == sent + CRANK


@pytest.mark.parametrize(
    ("what", "most"), [("_commit", COMMITS), ("_reveal", REVEALS), ("_claim", CLAIMS)]
)
def test_one_client_more_does_not_fit(simulated: Simulated, what: str, most: int) -> None:
    signer, clients = simulated.signer, range(most + 1)
    signer._updates = dict.fromkeys(clients, Update(bytes(32), 1, bytes(32)))
    steps = [step for client in clients for step in getattr(signer, what)(client)]
    payer, last = simulated.plan.client(0).owner, len(steps) // (most + 1)
    assert Draft(tuple(steps[:-last]), payer).size <= PACKET_SIZE < Draft(tuple(steps), payer).size


def test_everybody_is_paid_for_the_rounds_it_took_part_in(simulated: Simulated) -> None:
    for number, clients in ((1, EVERYBODY), (2, SOME), (3, EVERYBODY), (4, SOME)):
        simulated.round(number, clients)
    ledger = simulated.kept(4)
    few, many = REWARD // len(SOME), REWARD // len(EVERYBODY)
    assert [simulated.paid(ledger, one) for one in SOME] == [2 * few + 2 * many] * len(SOME)
    assert [simulated.paid(ledger, one) for one in (4, 5)] == [2 * many] * 2
    assert simulated.owed(ledger) == 0


def test_a_saved_chain_goes_on_with_everybody_paid(simulated: Simulated) -> None:
    for number in (1, 2):
        simulated.round(number, EVERYBODY)
    simulated.kept(2)
    resumed = Simulated(simulated.plan)
    resumed.round(3, SOME)
    ledger = resumed.kept(3)
    shares = 2 * (REWARD // len(EVERYBODY))
    paid = [resumed.paid(ledger, one) for one in (0, 5)]
    assert paid == [shares + REWARD // len(SOME), shares]


def test_rounds_are_closed_once_their_submissions_are(simulated: Simulated) -> None:
    for number, clients in ((1, EVERYBODY), (2, SOME), (3, EVERYBODY)):
        simulated.round(number, clients)
    plan, ledger = simulated.plan, simulated.kept(3)
    rounds = [round_address(plan.federation.address, number) for number in (1, 2, 3)]
    assert [ledger.get_account(one) is None for one in rounds] == [True, True, False]
    submissions = [
        submission_address(one, plan.client(client).participant)
        for one in rounds
        for client in EVERYBODY
    ]
    assert [ledger.get_account(one) for one in submissions] == [None] * len(submissions)


@pytest.mark.parametrize("ask", ["rest", "audit"])
def test_nothing_is_due_after_a_rest_or_an_audit(simulated: Simulated, ask: str) -> None:
    for number in (1, 2):
        simulated.round(number, EVERYBODY)
        getattr(simulated.signer, ask)()
        simulated.results.clear()
    assert simulated.owed(simulated.keeper._ledger) == 0


def test_a_signature_that_does_not_verify_is_not_passed_on(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated.signer.begin(1)
    monkeypatch.setattr(Draft, "signed", lambda draft, blockhash, _: draft.unsigned(blockhash))
    with pytest.raises(ChainError, match="does not verify"):
        simulated.signer.submit([0], np.zeros((1, INITIAL.size), np.int16))


def test_what_fails_while_signing_is_told_by_name() -> None:
    with EmbeddedGovernor() as governor:
        governor.start(MODEL, INITIAL, Mean())
        governor.begin(1)
        governor.submit([0], np.zeros((1, INITIAL.size), np.float32))
        with pytest.raises(ConfigError, match="int16"):
            governor.finish(INITIAL)
