"""What holds of selections beside all else: whoever selects rightly is never convicted for it."""

from __future__ import annotations

from collections import Counter

from tests.property.counts import hold
from tests.property.reference import Reference
from tests.property.reference_selecting import ON_SELECTIONS
from tests.property.view import View

# Convictions about selections in all runs of this process, by kind.
CONVICTED: Counter[str] = Counter()


def a_right_selection_is_never_convicted(before: View, after: View, reference: Reference) -> None:
    """Of what was posted: by definition it was wrong, or its bytes were withheld until the deadline.

    Not by the evidence, which the reference weighs as the program does: by what the rule makes of the
    accepted updates.
    """
    for key, challenge in after.challenges.items():
        old = before.challenges.get(key)
        kind = challenge.kind.kind
        ended = old is not None and old.verdict.kind == "Open"
        if kind not in ON_SELECTIONS or not ended or challenge.verdict.kind != "Convicted":
            continue
        CONVICTED[kind] += 1
        root = bytes(challenge.selected.root)
        posted = [
            one.choice
            for fed in reference.feds.values()
            for one in fed.disputes.values()
            if one.choice is not None and one.choice.root == root
        ]
        right = any(one.right for one in posted) and kind != "SelectionUnavailable"
        hold("selection", not right, (kind, challenge.accused))
