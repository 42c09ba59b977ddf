"""What an objection to the aggregate of a masked round needs: a member, and something to object to."""

from typing import TYPE_CHECKING

from fedsol.cli.disputing import watching_member
from fedsol.cli.output import note
from fedsol.errors import ArtifactError, ConfigError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.reading import is_masked
from fedsol.roles.masked_round import is_right, read_masked_round

if TYPE_CHECKING:
    from fedsol.cli.session import FederationSession
    from fedsol.program import Round


async def check_objection(session: "FederationSession", one: "Round") -> None:
    """Looks whether the key may object to the round's aggregate, and has a reason to.

    Raises ConfigError with what stands against it. What does not open, for whatever reason, is
    reason enough; it is named.
    """
    if not is_masked(one.params):
        raise ConfigError(
            f"round {one.number} is not masked: nobody votes on its aggregate",
            hint="What is wrong with it can be proved: "
            "`fedsol challenge open --kind wrong-aggregate`.",
        )
    if one.phase.kind != "Challenge":
        raise ConfigError(
            f"round {one.number} has no aggregate to object to: its phase is {one.phase.kind}",
            hint="Objections are made in the Challenge phase; see `fedsol round show`.",
        )
    member = watching_member(session)
    mine = await member.submission(one.number, member.participant)
    if mine is None or mine.status.kind != "Revealed":
        raise ConfigError(
            f"{session.owner} has no accepted submission in round {one.number}",
            hint="Only those whose submission is accepted can object.",
        )
    try:
        facts = await read_masked_round(member, session.account, one)
        right = await is_right(member, session.account, facts)
    except (ArtifactError, InvalidMessage, TooFewSurvivors) as error:
        note(f"the masked sum does not open: {error}")
        return
    if right:
        raise ConfigError(
            f"the aggregate of round {one.number} is the exact sum of what was masked",
            hint="There is nothing to object to.",
        )
    note("the masked sum opens, and makes another model than was posted")
