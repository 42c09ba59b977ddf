"""One key's life in a federation: register, stake, act, unbond, leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.errors import ConfigError, InsufficientFunds
from fedsol.program import Participant
from fedsol.program import instructions as ix
from fedsol.program.addresses import token_address
from fedsol.program.generated.types.unbonding import Unbonding
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from fedsol.program.tokens import token_account_create, token_amount
from fedsol.roles import Aggregator, Evaluator, Member, Role, Trainer
from fedsol.roles.crank import last_aggregator

_BITS: dict[type, int] = {Trainer: TRAINER, Evaluator: EVALUATOR, Aggregator: AGGREGATOR}


@dataclass(frozen=True)
class Membership:
    """A member and the roles it plays here."""

    member: Member
    roles: Sequence[Role]

    @property
    def owner(self) -> Pubkey:
        """The key's address."""
        return self.member.owner

    async def register(self) -> None:
        """Signs the federation's agreement and takes the roles; nothing happens if that was done
        before.

        Raises ArtifactMissing or ArtifactCorrupt if the agreement's text is not the one that the
        chain names.
        """
        if await self.member.me() is not None:
            return
        agreement = bytes((await self.member.snapshot()).federation.agreement_hash)
        await self.member.artifacts.get(agreement)
        taken = [
            bit for kind, bit in _BITS.items() if any(isinstance(one, kind) for one in self.roles)
        ]
        roles = sum(taken) or TRAINER
        step = ix.participant_register(
            self.member.federation.address, self.owner, agreement=agreement, roles=roles
        )
        await self.member.send("register", [step])

    async def deposit(self, amount: int) -> None:
        """Adds stake, in token units. Raises InsufficientFunds if the key holds less."""
        if amount == 0:
            return
        token = self.member.federation.stake
        account = await self.member.chain.account(token_address(self.owner, token))
        held = token_amount(account.data) if account is not None else 0
        if held < amount:
            raise InsufficientFunds(
                f"{self.owner} holds {held} units of {token.mint}, {amount} are to be staked"
            )
        await self.member.send(
            "deposit", [ix.stake_deposit(self.member.federation, self.owner, amount)]
        )

    async def unbond(self, amount: int | None = None) -> None:
        """Sends stake, all unless an amount is given, into the unbonding queue."""
        me = await self._me()
        amount = me.stake if amount is None else amount
        if amount == 0:
            return
        step = ix.stake_unbond(
            self.member.federation.address,
            self.owner,
            amount,
            last_aggregator=await last_aggregator(self.member, self.member.participant),
        )
        await self.member.send("unbond", [step])

    async def withdraw(self) -> int:
        """Waits until all that is unbonding may leave, takes it out and returns the amount."""
        entries = self._waiting(await self._me())
        if not entries:
            return 0
        await self.member.chain.wait_until(
            unix_timestamp=max(entry.release.time for entry in entries),
            slot=max(entry.release.slot for entry in entries),
        )
        token = self.member.federation.stake
        await self.member.send(
            "withdraw",
            [
                token_account_create(self.owner, self.owner, token),
                ix.stake_withdraw(self.member.federation, self.owner),
            ],
        )
        return sum(entry.amount for entry in entries)

    async def close(self) -> None:
        """Leaves for good: the participant's rent comes back.

        Raises ParticipantInUse while anything is open.
        """
        await self.member.send(
            "close", [ix.participant_close(self.member.federation.address, self.owner)]
        )

    async def leave(self) -> int:
        """Unbonds everything, waits, withdraws and closes. Returns the stake that came back."""
        await self.unbond()
        amount = await self.withdraw()
        await self.close()
        return amount

    async def _me(self) -> Participant:
        me = await self.member.me()
        if me is None:
            raise ConfigError(
                f"{self.owner} is no participant of this federation",
                hint="Register first: `fedsol participant register`.",
            )
        return me

    @staticmethod
    def _waiting(me: Participant) -> list[Unbonding]:
        return [entry for entry in me.unbonding if entry.amount > 0]
