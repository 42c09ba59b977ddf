"""The process that keeps a simulation's chain: it runs what clients signed, and turns the crank."""

import asyncio
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.transaction import VersionedTransaction

from fedsol.artifacts import ArtifactStore, artifact_hash
from fedsol.audit import AuditReport, audit
from fedsol.chain import Chain, Draft, Dropped, EmbeddedLedger, from_failure
from fedsol.chain.allocating import keep_freed_memory
from fedsol.program import Round
from fedsol.program import instructions as ix
from fedsol.program.addresses import round_address
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.instructions.participant import AGGREGATOR
from fedsol.sandbox import load_program
from fedsol.simulation.governing_funds import endow, found_mint
from fedsol.simulation.governing_plan import AGREEMENT, NAME, GovernedRound, Plan

_UNITS = 400_000
_BEACON_SLOTS = 3
_SUPPLY = 2**62
_POOL = 2**60
_OPERATOR_SOL = 1_000


def keep_chain(orders: Connection, results: Connection, plan: Plan) -> None:
    """Follows orders until told to stop; what goes wrong is sent back instead of a result."""
    # Ctrl-C is for the process that trains: it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_freed_memory()
    try:
        keeper = Keeper(orders, results, plan)
        while (order := orders.recv())[0] != "stop":
            getattr(keeper, order[0])(*order[1:])
    except EOFError:
        return
    except Exception as error:
        results.send(error)


class Keeper:
    """An embedded chain with one federation on it, its operator and its aggregator."""

    def __init__(self, orders: Connection, results: Connection, plan: Plan) -> None:
        self._orders, self._results, self._plan = orders, results, plan
        self._ledger = EmbeddedLedger(
            seed=plan.seed.to_bytes(8, "little"), unix_timestamp=0, block_on_tx=False
        )
        self._address = plan.federation.address
        self._number = 0
        self._transactions = self._units = 0

    def begin(self, number: int, start: tuple[bytes, bytes] | None) -> None:
        """Opens a round; the first time it founds the federation, or reads the chain that was saved."""
        if start is not None and number == 1:
            self._found(*start)
        elif start is not None:
            self._load(number - 1)
        if number > 1:
            self._close_round(number - 1)
        operator = self._plan.operator.pubkey()
        self._send(ix.round_open(self._address, operator, number))
        self._number = number
        self._orders.send((bytes(self._ledger.blocks.latest), self._ledger.genesis_hash))

    def join(self, clients: Sequence[int], transactions: Sequence[bytes]) -> None:
        """Gives clients what they stake, and lets them in; on a chain that was saved some are."""
        stake, reward = self._plan.federation.stake, self._plan.federation.reward
        for client, transaction in zip(clients, transactions, strict=True):
            who = self._plan.client(client)
            if self._ledger.get_account(who.participant) is None:
                endow(self._ledger, who.owner, [(stake, self._plan.stake), (reward, 0)])
                self.run(transaction)

    def run(self, transaction: bytes) -> None:
        """Runs a client's transaction, whose signature was checked where it was made."""
        self._land(VersionedTransaction.from_bytes(transaction), sig_verify=False)

    def end_commits(self) -> None:
        """Lets the time for commitments pass: what follows are reveals."""
        self._pass_phase()
        self._send(ix.round_advance(self._address, self._number))

    def finish(
        self, model_root: bytes, artifact: bytes, selected: tuple[bytes, bytes] | None
    ) -> None:
        """Takes the round from its reveals to its end, and answers."""
        plan, number = self._plan, self._number
        advance = ix.round_advance(self._address, number)
        self._pass_phase()
        self._send(advance)
        self._ledger.advance(slots=_BEACON_SLOTS)
        self._send(advance)
        aggregate = ix.round_aggregate(
            self._address,
            number,
            plan.aggregator.owner,
            model_root=model_root,
            model_artifact=artifact,
            selection=selected,
        )
        self._send(aggregate, signer=plan.aggregator.key)
        self._pass_phase()
        self._send(ix.round_settle(self._address, number, plan.aggregator.participant))
        round_ = self._round()
        root = bytes(round_.new_model_root)
        made = (self._transactions, self._units)
        self._results.send(GovernedRound(number, round_.accepted, round_.share, *made, root))
        self._transactions = self._units = 0

    def fail(self, error: Exception) -> None:
        """Ends with what went wrong in the process that signs."""
        raise error

    def save(self, number: int) -> None:
        """Writes the chain to the folder."""
        assert self._plan.folder is not None
        self._ledger.save(self._plan.ledger_file(number))
        self._plan.ledger_file(number - 2).unlink(missing_ok=True)
        self._results.send(None)

    def rest(self) -> None:
        """Says that everything is done that was asked for before."""
        self._results.send(None)

    def audit(self) -> None:
        """Replays the history, and every aggregate if the updates were kept."""
        store = ArtifactStore(self._plan.store) if self._plan.store else None

        async def replay() -> AuditReport:
            async with Chain.embedded(self._ledger) as chain:
                return await audit(chain, self._address, store)

        self._results.send(asyncio.run(replay()).checks)

    def _found(self, model_root: bytes, artifact: bytes) -> None:
        plan = self._plan
        load_program(self._ledger)
        ref, operator, aggregator = plan.federation, plan.operator.pubkey(), plan.aggregator
        for token in (ref.stake, ref.reward):
            found_mint(self._ledger, token, operator, supply=_SUPPLY)
        endow(self._ledger, operator, [(ref.reward, _POOL)], sol=_OPERATOR_SOL)
        held = [(ref.stake, plan.aggregator_stake), (ref.reward, 0)]
        endow(self._ledger, aggregator.owner, held)
        agreement = artifact_hash(AGREEMENT)
        new = NewFederation(
            name=NAME,
            genesis=self._ledger.genesis_hash,
            architecture_hash=plan.architecture,
            agreement_hash=agreement,
            model_root=model_root,
            model_artifact=artifact,
            parameter_count=plan.parameters,
            params=plan.params,
        )
        self._send(ix.federation_create(operator, new, stake=ref.stake, reward=ref.reward))
        if plan.params.round_reward:
            self._send(ix.federation_fund(ref, operator, _POOL))
        register = ix.participant_register(
            self._address, aggregator.owner, agreement=agreement, roles=AGGREGATOR
        )
        deposit = ix.stake_deposit(ref, aggregator.owner, plan.aggregator_stake)
        self._send(register, deposit, signer=aggregator.key)

    def _load(self, number: int) -> None:
        self._ledger = EmbeddedLedger.load(self._plan.ledger_file(number), block_on_tx=False)

    def _close_round(self, number: int) -> None:
        """Closes a round whose every submission was closed when it was paid."""
        self._pass_phase(number)
        self._send(ix.round_close(self._address, number, self._plan.operator.pubkey()))

    def _send(self, *steps: Instruction, signer: Keypair | None = None) -> None:
        signer = signer or self._plan.operator
        draft = Draft(steps, signer.pubkey()).with_budget(units=_UNITS, price=0)
        self._land(draft.signed(self._ledger.blocks.latest, [signer]))

    def _land(self, transaction: VersionedTransaction, *, sig_verify: bool = True) -> None:
        """Runs a transaction.

        Raises:
            ChainError: it failed, or was not even taken.
        """
        done = self._ledger.submit(transaction, sig_verify=sig_verify)
        logs = () if isinstance(done, Dropped) else done.logs
        if done.err is not None:
            raise from_failure(done.err, logs, transaction=transaction)
        assert not isinstance(done, Dropped)
        self._transactions += 1
        self._units += done.units

    def _pass_phase(self, number: int | None = None) -> None:
        """Lets the time pass that the round's phase has left."""
        end, now = self._round(number).deadline, self._ledger
        seconds = max(0, end.time - now.unix_timestamp) + 1
        now.advance(seconds=seconds, slots=max(1, end.slot - now.slot))

    def _round(self, number: int | None = None) -> Round:
        account = self._ledger.get_account(round_address(self._address, number or self._number))
        assert account is not None
        found: Round = Round.decode(account.data)
        return found
