"""Broken rules of challenges and demands.

One class per code, in their order.
"""

from fedsol.errors import ProgramError


class DisputesOpen(ProgramError):
    """Challenges or demands are open; resolve them, or let them expire."""

    code = 6080
    name = "DisputesOpen"
    hint = "Resolve the open challenges and demands, or wait until they expire."


class TargetMismatch(ProgramError):
    """This cannot be claimed of this target: aggregates and what they select are wrong or
    unavailable; updates lie, are copied, false plants or unavailable.
    """

    code = 6081
    name = "TargetMismatch"
    hint = "Name a submission for a fault of an update, none for one of the aggregate."


class ChunkOutOfRange(ProgramError):
    """The chunk or coordinate lies behind the end."""

    code = 6082
    name = "ChunkOutOfRange"
    hint = "Count the chunks: 128 values of an update each, 64 of a model."


class UseDemand(ProgramError):
    """A challenge like this is opened with demand_open, and answered with demand_answer."""

    code = 6083
    name = "UseDemand"
    hint = "Use demand_open and demand_answer."


class DemandsExhausted(ProgramError):
    """The submission takes no more demands."""

    code = 6084
    name = "DemandsExhausted"
    hint = "Challenge what is known of it, or let the evaluators reject it."


class ProofMalformed(ProgramError):
    """A chunk has 256 bytes, and siblings are whole records, at most as many as the tree is
    deep, of the path that was begun.
    """

    code = 6085
    name = "ProofMalformed"
    hint = "Send the chunk's 256 bytes first, then its siblings from the leaf up."


class ProofMismatch(ProgramError):
    """The path does not lead to the root on chain."""

    code = 6086
    name = "ProofMismatch"
    hint = "Rebuild the path from the bytes whose root is on chain."


class EvidenceNotAsked(ProgramError):
    """This challenge does not ask for that evidence."""

    code = 6087
    name = "EvidenceNotAsked"
    hint = "Append what this kind of challenge is about."


class EvidenceRepeated(ProgramError):
    """This value or chunk is there already."""

    code = 6088
    name = "EvidenceRepeated"
    hint = "Go on with the next submission."


class EvidenceComplete(ProgramError):
    """The evidence is complete; resolve the challenge."""

    code = 6089
    name = "EvidenceComplete"
    hint = "Call challenge_resolve."


class EvidenceMissing(ProgramError):
    """Evidence is missing: append it, or let the challenge expire."""

    code = 6090
    name = "EvidenceMissing"
    hint = "Append the missing chunks, then resolve."


class ChallengeMoot(ProgramError):
    """What was challenged has fallen already; call challenge_expire for the bond."""

    code = 6091
    name = "ChallengeMoot"
    hint = "Call challenge_expire; the bond comes back."


class WrongChallenge(ProgramError):
    """The challenge belongs to another round, submission or participant."""

    code = 6092
    name = "WrongChallenge"
    hint = "Read the challenge and pass the accounts that it names."


class NotACopy(ProgramError):
    """The two submissions do not have equal roots, or the accused was committed first."""

    code = 6093
    name = "NotACopy"
    hint = "Challenge the later one of two submissions with equal roots."


class AggregatorBarred(ProgramError):
    """An aggregate of this participant was proved wrong in this round."""

    code = 6094
    name = "AggregatorBarred"
    hint = "Wait for the next round."


class ChallengeDecided(ProgramError):
    """The challenge is decided already; close it to move the tokens."""

    code = 6095
    name = "ChallengeDecided"
    hint = "Call challenge_close."


class ChallengeUndecided(ProgramError):
    """The challenge is not decided yet; resolve it, or let it expire."""

    code = 6096
    name = "ChallengeUndecided"
    hint = "Call challenge_resolve, or challenge_expire after the deadline."


class AcceptedChanged(ProgramError):
    """Fewer submissions are accepted by now than the aggregate combines; combine what is left."""

    code = 6097
    name = "AcceptedChanged"
    hint = "Read the submissions again, and combine those that are left."


class SelectionMismatch(ProgramError):
    """A selection is posted exactly where the rule selects, multi_krum or weighted, or masks: masked."""

    code = 6100
    name = "SelectionMismatch"
    hint = (
        "Read the round's rule; post a selection with multi_krum and weighted, an opening with masked, "
        "and none elsewhere."
    )


class EvidenceOutOfOrder(ProgramError):
    """The bytes of the two updates come in their order; read the challenge, and go on at its
    position.
    """

    code = 6101
    name = "EvidenceOutOfOrder"
    hint = "Read the challenge's position and send what follows; position 0 begins anew."


class AlreadyObjected(ProgramError):
    """This member has objected to the aggregate already."""

    code = 6104
    name = "AlreadyObjected"
    hint = "Wait for the others: an aggregate falls when more than half of the accepted object."
