"""The program's instructions as methods of a world, each making a ``Call``."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import EmbeddedLedger
from fedsol.chain.records import MAX_COMPUTE_UNITS, Landed
from fedsol.program import FederationRef
from fedsol.program import instructions as build
from fedsol.program.commitment import Place, Update, commitment
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params
from fedsol.sandbox import Sandbox
from tests.program.founding import new_federation
from tests.program.idl import slots_of
from tests.program.naming import AGREEMENT, digest, key_of

if TYPE_CHECKING:
    from tests.world import World


@dataclass(frozen=True)
class Call:
    """One instruction that can be sent (``await call``), and broken first.

    ``slots`` maps each account's name in the IDL to its place.
    """

    world: World
    name: str
    instruction: Instruction
    signers: tuple[Keypair, ...]

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of its accounts, in order."""
        return slots_of(self.name)

    def at(self, slot: str) -> Pubkey:
        """The account in a slot."""
        return self.instruction.accounts[self.slots.index(slot)].pubkey

    def swap(self, **accounts: Pubkey) -> Call:
        """The same with other accounts in the named slots."""
        metas = list(self.instruction.accounts)
        for slot, address in accounts.items():
            place = self.slots.index(slot)
            metas[place] = AccountMeta(address, metas[place].is_signer, metas[place].is_writable)
        return self._with(metas)

    def flag(self, slot: str, *, signer: bool | None = None, writable: bool | None = None) -> Call:
        """The same with another flag on a slot."""
        metas = list(self.instruction.accounts)
        place = self.slots.index(slot)
        old = metas[place]
        metas[place] = AccountMeta(
            old.pubkey,
            old.is_signer if signer is None else signer,
            old.is_writable if writable is None else writable,
        )
        return self._with(metas)

    def by(self, *names: str) -> Call:
        """The same, signed by others (only signatures: swap the slots as well)."""
        return replace(self, signers=tuple(key_of(name) for name in names))

    async def send(self, *, simulate: bool | None = None, payer: str = "bank") -> Landed:
        """Sends it; ``simulate=False`` lands it even if it fails."""
        return await self.world.send(self, simulate=simulate, payer=payer)

    def __await__(self) -> Generator[Any, None, Landed]:
        return self.send().__await__()

    def _with(self, metas: list[AccountMeta]) -> Call:
        data = bytes(self.instruction.data)
        return replace(self, instruction=Instruction(self.instruction.program_id, data, metas))


class Hidden:
    """What a trainer hides and shows, and what an aggregator posts: all follows from names."""

    ledger: EmbeddedLedger
    ref: FederationRef
    number: int

    def update(self, who: str, number: int | None = None, *, norm_squared: int = 1_000) -> Update:
        """A person's update in a round."""
        word = f"{who} {number or self.number}"
        return Update(digest("root", word), norm_squared, digest("artifact", word))

    def salt(self, who: str, number: int | None = None) -> bytes:
        """A person's salt in a round."""
        return digest("salt", who, number or self.number)

    def commitment(
        self,
        who: str,
        number: int | None = None,
        *,
        update: Update | None = None,
        salt: bytes | None = None,
        **place: Any,
    ) -> bytes:
        """The commitment to a person's update; ``place`` changes what it is made for."""
        number = number or self.number
        there = Place(self.ledger.genesis_hash, self.ref.address, number, self.person(who))
        there = replace(there, **place)
        salt = salt or self.salt(who, number)
        return commitment(there, update or self.update(who, number), salt)

    def model(self, number: int) -> tuple[bytes, bytes]:
        """Root and artifact of the model that a round yields."""
        return digest("model", number), digest("model's bytes", number)


class Instructions(Hidden):
    """One method for each instruction, under its name."""

    sandbox: Sandbox
    params: Params
    founder: str
    simulate: bool

    def call(self, name: str, instruction: Instruction, *signers: str) -> Call:
        """A call of this world's program."""
        return Call(self, name, instruction, tuple(key_of(signer) for signer in signers))

    def federation_create(self, by: str | None = None, **changes: Any) -> Call:
        """Another federation; ``changes`` are of NewFederation, or stake and reward."""
        by = by or self.founder
        stake = changes.pop("stake", self.ref.stake)
        reward = changes.pop("reward", self.ref.reward)
        new = replace(new_federation("another", self.params, self.ledger), **changes)
        made = build.federation_create(self.owner(by), new, stake=stake, reward=reward)
        return self.call("federation_create", made, by)

    def federation_fund(self, by: str, amount: int) -> Call:
        made = build.federation_fund(self.ref, self.owner(by), amount)
        return self.call("federation_fund", made, by)

    def federation_pause(self, paused: bool = True) -> Call:
        return self.call("federation_pause", build.federation_pause(self.ref, paused), self.founder)

    def federation_close(self) -> Call:
        return self.call("federation_close", build.federation_close(self.ref), self.founder)

    def participant_register(
        self, who: str, *, roles: int = TRAINER | AGGREGATOR, agreement: bytes = AGREEMENT
    ) -> Call:
        made = build.participant_register(
            self.ref.address, self.owner(who), agreement=agreement, roles=roles
        )
        return self.call("participant_register", made, who)

    def participant_close(self, who: str) -> Call:
        made = build.participant_close(self.ref.address, self.owner(who))
        return self.call("participant_close", made, who)

    def stake_deposit(self, who: str, amount: int) -> Call:
        made = build.stake_deposit(self.ref, self.owner(who), amount)
        return self.call("stake_deposit", made, who)

    def stake_unbond(self, who: str, amount: int, *, last: str | None = None) -> Call:
        made = build.stake_unbond(
            self.ref.address,
            self.owner(who),
            amount,
            last_aggregator=self.person(last) if last else None,
        )
        return self.call("stake_unbond", made, who)

    def stake_withdraw(self, who: str) -> Call:
        made = build.stake_withdraw(self.ref, self.owner(who))
        return self.call("stake_withdraw", made, who)

    def round_open(
        self,
        by: str | None = None,
        number: int | None = None,
        *,
        as_participant: bool | None = None,
    ) -> Call:
        """Opens the next round, unless told by the creator; others bring their participant."""
        by = by or self.founder
        named = by != self.founder if as_participant is None else as_participant
        number = self.number + 1 if number is None else number
        participant = self.person(by) if named else None
        made = build.round_open(self.ref.address, self.owner(by), number, participant=participant)
        return self.call("round_open", made, by)

    def round_commit(self, who: str, *, number: int | None = None, **hidden: Any) -> Call:
        """Commits to the person's update (``update``, ``salt``), or to given bytes (``hash``)."""
        number = number or self.number
        made = hidden.get("hash") or self.commitment(who, number, **hidden)
        made = build.round_commit(self.ref.address, number, self.owner(who), made)
        return self.call("round_commit", made, who)

    def round_reveal(
        self,
        who: str,
        *,
        number: int | None = None,
        update: Update | None = None,
        salt: bytes | None = None,
    ) -> Call:
        number = number or self.number
        update = update or self.update(who, number)
        salt = salt or self.salt(who, number)
        made = build.round_reveal(self.ref.address, number, self.owner(who), update, salt)
        return self.call("round_reveal", made, who)

    def round_advance(self, number: int | None = None) -> Call:
        made = build.round_advance(self.ref.address, number or self.number)
        return self.call("round_advance", made)

    def round_aggregate(self, who: str, *, number: int | None = None) -> Call:
        number = number or self.number
        root, artifact = self.model(number)
        made = build.round_aggregate(
            self.ref.address, number, self.owner(who), model_root=root, model_artifact=artifact
        )
        return self.call("round_aggregate", made, who)

    def round_settle(self, aggregator: str, *, number: int | None = None) -> Call:
        made = build.round_settle(self.ref.address, number or self.number, self.person(aggregator))
        return self.call("round_settle", made)

    def round_abort(self, number: int | None = None) -> Call:
        made = build.round_abort(self.ref.address, number or self.number)
        return self.call("round_abort", made)

    def fault_no_reveal(
        self, finder: str, who: str, *, number: int | None = None, last: str | None = None
    ) -> Call:
        made = build.fault_no_reveal(
            self.ref,
            number or self.number,
            self.owner(finder),
            self.person(who),
            last_aggregator=self.person(last) if last else None,
        )
        return self.call("fault_no_reveal", made, finder)

    def reward_claim(self, who: str, *, number: int | None = None) -> Call:
        made = build.reward_claim(self.ref, number or self.number, self.owner(who))
        return self.call("reward_claim", made, who)

    def submission_close(self, who: str, *, number: int | None = None) -> Call:
        made = build.submission_close(self.ref.address, number or self.number, self.owner(who))
        return self.call("submission_close", made)

    def round_close(self, payer: str | None = None, *, number: int | None = None) -> Call:
        payer = payer or self.founder
        made = build.round_close(self.ref.address, number or self.number, self.owner(payer))
        return self.call("round_close", made)

    async def send(self, *calls: Call, simulate: bool | None = None, payer: str = "bank") -> Landed:
        """Sends calls as one transaction."""
        signers = {one.pubkey(): one for call in calls for one in call.signers}
        simulate = self.simulate if simulate is None else simulate
        return await self.chain.send(
            [call.instruction for call in calls],
            list(signers.values()),
            payer=key_of(payer),
            simulate=simulate,
            compute_limit=None if simulate else MAX_COMPUTE_UNITS,
        )
