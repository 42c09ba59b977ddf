"""How a round ended, in numbers."""

from collections import Counter
from dataclasses import dataclass

from fedsol.program import Round
from fedsol.roles import Member


@dataclass(frozen=True)
class RoundResult:
    """How a round ended.

    Of ``revealed`` submissions, so many were ``accepted``, ``rejected`` for their score, or
    ``planted``; the rest was faulty. ``share`` is what an accepted one earned on average (token
    units).
    """

    number: int
    settled: bool
    revealed: int
    accepted: int
    rejected: int
    planted: int
    share: int


async def read_result(member: Member, one: Round) -> RoundResult:
    """How a round ended, read before anybody closes its submissions."""
    listed = await member.submissions(one.number)
    status = Counter(submission.status.kind for submission in listed)
    return RoundResult(
        number=one.number,
        settled=one.phase.kind == "Settled",
        revealed=one.revealed,
        accepted=one.accepted,
        rejected=status["Rejected"],
        planted=status["Planted"],
        share=one.share,
    )
