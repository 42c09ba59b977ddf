"""The process that signs for simulated clients: hashes what they learnt, and makes their transactions.

Like a validator's stage for signatures it also checks these, so that the chain's process need not.
"""

import asyncio
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray
from solders.hash import Hash
from solders.instruction import Instruction

from fedsol.artifacts import ArtifactStore, artifact_hash, encode_model, encode_update
from fedsol.chain import Draft
from fedsol.errors import ChainError
from fedsol.learning import model_root, update_root
from fedsol.program import instructions as ix
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.instructions.participant import TRAINER
from fedsol.simulation.governing_plan import AGREEMENT, Person, Plan

COMMITS, REVEALS, CLAIMS = 5, 3, 4
"""How many clients' commitments, reveals and claims a transaction has room for: 1,232 bytes."""

Steps = Callable[[int], list[Instruction]]
"""What a client does next."""


def sign_for_clients(
    orders: Connection, chain: Connection, plan: Plan, initial: NDArray[np.int32]
) -> None:
    """Follows orders until told to stop, or until one of the other processes is gone.

    What goes wrong is handed on, and told by the chain's process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signer = Signer(chain, plan, initial)
    try:
        while (order := orders.recv())[0] != "stop":
            getattr(signer, order[0])(*order[1:])
        chain.send(order)
    except (EOFError, OSError):
        return
    except Exception as error:
        chain.send(("fail", error))


class Signer:
    """Makes what clients send, and hands it to the chain's process."""

    def __init__(self, chain: Connection, plan: Plan, initial: NDArray[np.int32]) -> None:
        self._chain, self._plan, self._initial = chain, plan, initial
        self._store = ArtifactStore(plan.store) if plan.store else None
        self._number = 0
        self._blockhash = Hash.default()
        self._genesis = b""
        self._members: set[int] = set()
        self._updates: dict[int, Update] = {}  # of this round, by client

    def begin(self, number: int) -> None:
        """Opens a round, and learns the blockhash that its transactions are signed with."""
        start = None
        if not self._number:
            artifact, _ = self._keep([self._encoded(self._initial), AGREEMENT])
            start = (model_root(self._initial), artifact)
        self._chain.send(("begin", number, start))
        blockhash, self._genesis = self._chain.recv()
        self._number, self._blockhash = number, Hash(blockhash)

    def submit(self, clients: Sequence[int], updates: NDArray[np.int16]) -> None:
        """A commitment for each client."""
        new = [one for one in clients if one not in self._members]
        if new:
            self._chain.send(("join", new, [self._join(self._plan.client(one)) for one in new]))
            self._members |= set(new)
        write = encode_update if self._plan.codec is None else self._plan.codec.encode
        artifacts = self._keep([write(row) for row in updates])
        for client, row, artifact in zip(clients, updates, artifacts, strict=True):
            root = update_root(row, threads=1)
            self._updates[client] = Update(root.hash, root.sum, artifact)
        self._run(clients, self._commit, COMMITS)

    def finish(self, model: NDArray[np.int32], selection: bytes | None) -> None:
        """Reveals, names the new model and the selection that it is made by, if any, and claims."""
        self._chain.send(("end_commits",))
        self._run(list(self._updates), self._reveal, REVEALS)
        (artifact,) = self._keep([self._encoded(model)])
        selected = None
        if selection is not None:
            (kept,) = self._keep([selection])
            selected = (model_root(np.frombuffer(selection, np.int32)), kept)
        self._chain.send(("finish", model_root(model), artifact, selected))
        # After the round has been answered for: nobody waits for this.
        self._run(list(self._updates), self._claim, CLAIMS)
        self._updates = {}

    def save(self, number: int) -> None:
        """Has the chain kept."""
        self._chain.send(("save", number))

    def rest(self) -> None:
        """Asks to be told when everything is done."""
        self._chain.send(("rest",))

    def audit(self) -> None:
        """Has everything replayed."""
        self._chain.send(("audit",))

    def _run(self, clients: Sequence[int], steps: Steps, at_once: int) -> None:
        """Has clients take the same steps, some of them together in a transaction that all sign."""
        for start in range(0, len(clients), at_once):
            some = clients[start : start + at_once]
            taken = [step for client in some for step in steps(client)]
            people = [self._plan.client(client) for client in some]
            self._chain.send(("run", self._sign(people, *taken)))

    def _commit(self, client: int) -> list[Instruction]:
        number, who = self._number, self._plan.client(client)
        federation, salt = self._plan.federation.address, who.salt(number)
        place = Place(self._genesis, federation, number, who.participant)
        bound = commitment(place, self._updates[client], salt)
        return [ix.round_commit(federation, number, who.owner, bound)]

    def _reveal(self, client: int) -> list[Instruction]:
        number, who = self._number, self._plan.client(client)
        federation, update = self._plan.federation.address, self._updates[client]
        return [ix.round_reveal(federation, number, who.owner, update, who.salt(number))]

    def _claim(self, client: int) -> list[Instruction]:
        federation, number, who = self._plan.federation, self._number, self._plan.client(client)
        claim = ix.reward_claim(federation, number, who.owner)
        return [claim, ix.submission_close(federation.address, number, who.owner)]

    def _join(self, who: Person) -> bytes:
        plan = self._plan
        register = ix.participant_register(
            plan.federation.address, who.owner, agreement=artifact_hash(AGREEMENT), roles=TRAINER
        )
        return self._sign([who], register, ix.stake_deposit(plan.federation, who.owner, plan.stake))

    def _sign(self, people: Sequence[Person], *steps: Instruction) -> bytes:
        """A transaction of some clients, as bytes; the first one pays its fee.

        Raises:
            ChainError: a signature does not fit its bytes.
        """
        # The 200,000 units that every instruction has by default are enough.
        draft, keys = Draft(steps, people[0].owner), [who.key for who in people]
        transaction = draft.signed(self._blockhash, keys)
        if not all(transaction.verify_with_results()):
            raise ChainError(
                f"a signature of {people[0].owner} or who sends with it does not verify"
            )
        return bytes(transaction)

    def _encoded(self, model: NDArray[np.int32]) -> bytes:
        return encode_model(model, {"model": self._plan.model})

    def _keep(self, artifacts: Sequence[bytes]) -> list[bytes]:
        """The artifacts' hashes, once they are stored if they are to be."""
        store = self._store
        if store is None:
            return [artifact_hash(one) for one in artifacts]

        async def put() -> list[bytes]:
            return list(await asyncio.gather(*(store.put(one) for one in artifacts)))

        return asyncio.run(put())
