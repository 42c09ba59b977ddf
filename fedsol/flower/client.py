"""What a client does on the chain: join, commit to what its app learnt, and settle what is due."""

import numpy as np
from flwr.app import ArrayRecord
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch, ConfigError, LearningError
from fedsol.flower.arrays import Layout
from fedsol.flower.notices import Answer, Notice
from fedsol.flower.openness import require_open
from fedsol.flower.trainer import Learnt, OutsideTrainer
from fedsol.learning import model_root
from fedsol.membership import Membership
from fedsol.program import Federation
from fedsol.roles import Member
from fedsol.roles.answerer import Answerer


async def join(member: Member, notice: Notice, stake: int | None) -> None:
    """Registers as a trainer and stakes, on the first use of a key.

    ``stake`` is in token units, the federation's minimum if None. Raises ConfigError if the notice
    is another federation's or the federation is masked, ArtifactMissing if its agreement is not the
    one that the chain names, InsufficientFunds.
    """
    if notice.federation != str(member.federation.address):
        raise ConfigError(
            f"the server works for the federation {notice.federation}, "
            f"this client for {member.federation.address}",
            hint="Give both the same federation=…, if you trust the server's.",
        )
    federation = (await member.snapshot()).federation
    require_open(federation.params.rule)
    me = await member.me()
    if me is not None and me.stake > 0:
        return
    # Kept under its hash: registering looks it up under the hash that the chain names.
    await member.artifacts.put(notice.agreement)
    membership = Membership(member, (OutsideTrainer(member),))
    await membership.register()
    await membership.deposit(federation.params.min_stake if stake is None else stake)


async def read_base(member: Member, layout: Layout, record: ArrayRecord) -> NDArray[np.int32]:
    """The model (int32[d]) that a server sent, if it is the one that the chain names.

    Raises:
        ArchitectureMismatch: it is not.
    """
    federation = (await member.snapshot()).federation
    values = layout.fixed(record, federation.params.frac_bits)
    if _is_named(federation, layout, values):
        return values
    raise ArchitectureMismatch(
        "the server sent another model than the one that the chain names",
        hint="Nothing was trained. Values beyond ±2**24 fixed-point units cannot be sent as floats.",
    )


async def commit(member: Member, learnt: Learnt) -> Answer:
    """Commits to what was learnt; after a crash, to what was committed to before.

    Raises LearningError if the chain does not take a commitment now.
    """
    trainer = OutsideTrainer(member, learnt)
    now = await member.snapshot()
    while await trainer.step(now):
        now = await member.snapshot()
    if await member.submission(learnt.number, member.participant) is None:
        phase = now.round.phase.kind if now.round is not None else "not open"
        raise LearningError(
            f"the update of round {learnt.number} could not be committed to; the round is {phase}",
            hint="Either training took longer than the commit window, or too little stake is free.",
        )
    return Answer(str(member.owner))


async def settle(member: Member, number: int) -> Answer:
    """Does whatever else is due; the answer holds the update once it may be seen."""
    kept = member.journal.recall(number)
    update = member.journal.update_bytes(number) if kept is not None else b""
    roles = (Answerer(member), OutsideTrainer(member))
    acted = True
    while acted:
        acted = False
        for role in roles:
            acted = await role.step(await member.snapshot()) or acted
    mine = await member.submission(number, member.participant)
    shown = mine is not None and mine.status.kind == "Revealed"
    return Answer(str(member.owner), update if shown else b"")


def _is_named(federation: Federation, layout: Layout, values: NDArray[np.int32]) -> bool:
    same = layout.architecture == bytes(federation.architecture_hash)
    return same and model_root(values) == bytes(federation.model_root)
