"""``fedsol reward``: what rounds owe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, group, shown

if TYPE_CHECKING:
    from solders.instruction import Instruction

    from fedsol.cli.session import FederationSession
    from fedsol.program import Evaluation, Round, Submission

app = group("reward", "Claim what rounds owe.", example="fedsol reward claim")


@dataclass(frozen=True)
class Leaving:
    """What is left to do with a submission or an evaluation: a transaction and what it pays."""

    number: int
    role: str
    reward: int
    steps: "list[Instruction]"

    @property
    def label(self) -> str:
        """What the transaction is called in the journal."""
        return f"reward-claim-{self.number}-{self.role}"


@app.command(help_epilogue=shown("fedsol reward claim --federation ADDRESS"))
async def claim(
    *,
    number: Annotated[
        int | None, Parameter(name="--round", help="Only this round's; all rounds' else.")
    ] = None,
    options: Options = PLAIN,
) -> None:
    """Pull what this key has earned, and close what it was earned with."""
    from fedsol.cli.output import facts, show
    from fedsol.cli.people import need_participant
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        await need_participant(session)
        done: list[dict[str, Any]] = []
        for one in await _leaving(session, number):
            landed = await session.send(one.label, one.steps)
            about = {"round": one.number, "as": one.role, "reward": one.reward}
            done.append({**about, "transaction": str(landed.signature)})
    total = sum(one["reward"] for one in done)
    rounds = ", ".join(str(one) for one in dict.fromkeys(one["round"] for one in done)) or "none"
    result: dict[str, Any] = {"claimed": total, "rounds": done}
    show(options, result, lambda: [facts({"claimed": total, "rounds": rounds})])


async def _leaving(session: "FederationSession", number: int | None) -> list[Leaving]:
    """What is left to do for this key in rounds that have ended.

    Raises ConfigError if a round was named and there is nothing to do in it.
    """
    from fedsol.errors import ConfigError
    from fedsol.program.addresses import round_address
    from fedsol.reading import is_ended, list_evaluations, list_submissions, read_round

    chain, me = session.chain, session.participant
    submissions = {one.round: one for one in await list_submissions(chain, participant=me)}
    evaluations = {one.round: one for _, one, _ in await list_evaluations(chain, participant=me)}
    numbers = range(1, session.account.round + 1) if number is None else [number]
    found: list[Leaving] = []
    for one in numbers:
        address = round_address(session.address, one)
        if address not in submissions and address not in evaluations:
            continue
        round_ = await read_round(chain, session.address, one)
        if round_ is None or not is_ended(round_):
            continue
        if address in submissions:
            found += _as_trainer(session, round_, submissions[address])
        if address in evaluations:
            found += _as_evaluator(session, round_, evaluations[address])
    if number is not None and not found:
        raise ConfigError(
            f"nothing can be claimed of round {number}",
            hint="See the round and its submissions: `fedsol round show`.",
        )
    return found


def _as_trainer(
    session: "FederationSession", round_: "Round", submission: "Submission"
) -> list[Leaving]:
    from fedsol.program import instructions as ix
    from fedsol.reading import is_owed
    from fedsol.tally import submission_pay

    if submission.status.kind == "Committed" or submission.disputes:
        return []
    close = ix.submission_close(session.address, round_.number, session.owner)
    if not is_owed(round_, submission):
        return [Leaving(round_.number, "trainer", 0, [close])]
    pull = ix.reward_claim(session.ref, round_.number, session.owner)
    earned = submission_pay(round_, submission)
    return [Leaving(round_.number, "trainer", earned, [*_tokens(session), pull, close])]


def _as_evaluator(
    session: "FederationSession", round_: "Round", evaluation: "Evaluation"
) -> list[Leaving]:
    from fedsol.program import instructions as ix
    from fedsol.reading import is_faulty
    from fedsol.tally import evaluator_pay

    if is_faulty(evaluation, round_):
        return []
    close = ix.evaluation_close(session.address, round_.number, session.owner)
    if round_.phase.kind == "Aborted" or evaluation.status.kind != "Revealed":
        return [Leaving(round_.number, "evaluator", 0, [close])]
    pull = ix.evaluation_claim(session.ref, round_.number, session.owner)
    earned = evaluator_pay(round_, evaluation)
    return [Leaving(round_.number, "evaluator", earned, [*_tokens(session), pull, close])]


def _tokens(session: "FederationSession") -> "list[Instruction]":
    """Makes the account that rewards are paid into, where there is none."""
    from fedsol.program.tokens import token_account_create

    return [token_account_create(session.owner, session.owner, session.ref.reward)]
