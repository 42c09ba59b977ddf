"""The program's instructions as methods of a world, each making a ``Call``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fedsol.program import instructions as build
from fedsol.program.commitment import Update
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from fedsol.program.params import Params
from tests.program.call import Call as Call
from tests.program.calls_dispute import DisputeCalls
from tests.program.calls_scoring import ScoringCalls
from tests.program.founding import new_federation
from tests.program.naming import AGREEMENT


class Instructions(ScoringCalls, DisputeCalls):
    """One method for each instruction, under its name."""

    params: Params
    founder: str

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

    def round_join(self, who: str, *, number: int | None = None, key: bytes | None = None) -> Call:
        """Joins a masked round with the person's channel key, or with another one."""
        number = number or self.number
        key = key or self.salt(who, number)
        made = build.round_join(self.ref.address, number, self.owner(who), key)
        return self.call("round_join", made, who)

    def round_share(
        self, who: str, *, number: int | None = None, shares: bytes | None = None
    ) -> Call:
        number = number or self.number
        shares = shares or self.shares(who, number)
        made = build.round_share(self.ref.address, number, self.owner(who), shares)
        return self.call("round_share", made, who)

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

    def round_aggregate(
        self,
        who: str,
        *,
        number: int | None = None,
        model: tuple[bytes, bytes] | None = None,
        accepted: int | None = None,
        selection: tuple[bytes, bytes] | None = None,
    ) -> Call:
        """Posts the round's model, or another one (root and artifact), of so many submissions.

        And what it selects, where the rule does, or another selection (root and artifact).
        """
        number = number or self.number
        root, artifact = model or self.model(number)
        made = build.round_aggregate(
            self.ref.address,
            number,
            self.owner(who),
            model_root=root,
            model_artifact=artifact,
            accepted=accepted,
            selection=selection or self.selection(number),
        )
        return self.call("round_aggregate", made, who)

    def round_object(
        self, who: str, aggregator: str | None = None, *, number: int | None = None
    ) -> Call:
        """Turns down what the round's aggregator posted, or another one is said to have posted."""
        number = number or self.number
        poster = self.person(aggregator) if aggregator else self.read_round(number).aggregator
        made = build.round_object(self.ref.address, number, self.owner(who), poster)
        return self.call("round_object", made, who)

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
