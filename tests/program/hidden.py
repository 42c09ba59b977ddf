"""What people hide and show, and what aggregators post: all of it follows from names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fedsol.artifacts import artifact_hash
from fedsol.chain import EmbeddedLedger
from fedsol.program import FederationRef, commitment
from fedsol.program.commitment import Place, Update
from fedsol.program.params import SELECTING, Params
from tests.program.naming import digest
from tests.program.reading import Reading

if TYPE_CHECKING:
    from tests.program.updates import Numbers

GOOD = 8_000
"""What evaluators think of a submission unless told otherwise. Basis points."""


class Hidden(Reading):
    """Updates, scores, secrets and salts, each by whose it is and by round.

    With ``numbers`` the roots are those of real numbers and lead to every chunk; without them they
    lead nowhere, which is enough for whatever never opens one.
    """

    ledger: EmbeddedLedger
    ref: FederationRef
    params: Params
    numbers: Numbers | None

    @property
    def masked(self) -> bool:
        """Whether updates of this world stay under masks."""
        return bool(self.params.rule.kind == "Masked")

    def update(self, who: str, number: int | None = None, *, norm_squared: int = 1_000) -> Update:
        """A person's update in a round."""
        if self.numbers is not None:
            return self.numbers.learnt(who, number or self.number).update
        word = f"{who} {number or self.number}"
        return Update(digest("root", word), norm_squared, digest("artifact", word))

    def salt(self, who: str, number: int | None = None) -> bytes:
        """A person's salt in a round; of a masked one its channel key, which hides nothing."""
        return digest("salt", who, number or self.number)

    def shares(self, who: str, number: int | None = None) -> bytes:
        """What a person stores to take its masks off in a round, as its hash."""
        return digest("shares", who, number or self.number)

    def secret(self, who: str, number: int | None = None) -> bytes:
        """What a person arms itself with to plant in a round."""
        return digest("secret", who, number or self.number)

    def scores(self, number: int | None = None, score: int = GOOD) -> tuple[int, ...]:
        """The same score for every submission of a round."""
        return (score,) * self.read_round(number).revealed

    def place(self, who: str, number: int | None = None, **other: Any) -> Place:
        """Where a person's commitments of a round are worth something; ``other`` changes that."""
        number = number or self.number
        there = Place(self.ledger.genesis_hash, self.ref.address, number, self.person(who))
        return replace(there, **other)

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
        there = self.place(who, number, **place)
        update, salt = update or self.update(who, number), salt or self.salt(who, number)
        return commitment.commitment(there, update, salt)

    def scores_commitment(
        self,
        who: str,
        number: int | None = None,
        *,
        scores: Sequence[int] | None = None,
        salt: bytes | None = None,
        **place: Any,
    ) -> bytes:
        """The commitment to a person's scores; ``place`` changes what it is made for."""
        number = number or self.number
        scores = self.scores(number) if scores is None else scores
        there = self.place(who, number, **place)
        return commitment.scores_commitment(there, scores, salt or self.salt(who, number))

    def audit_commitment(self, who: str, secret: bytes) -> bytes:
        """What arms a person with a secret."""
        genesis, federation = self.ledger.genesis_hash, self.ref.address
        return commitment.audit_commitment(genesis, federation, self.person(who), secret)

    def model(self, number: int) -> tuple[bytes, bytes]:
        """Root and artifact of the model that a round yields."""
        if self.numbers is not None:
            posted = self.numbers.posted(self, number)
            return posted.root, posted.artifact
        return digest("model", number), digest("model's bytes", number)

    def selection(self, number: int) -> tuple[bytes, bytes] | None:
        """Root and artifact of what a round's aggregate selects; None where its rule does not.

        Of a masked aggregate the opening: what took the masks off.
        """
        if self.masked:
            return digest("opening", number), digest("opening's bytes", number)
        if self.read_round(number).params.rule.kind not in SELECTING:
            return None
        if self.numbers is not None:
            chosen = self.numbers.chosen(self, number)
            return chosen.tree.record, artifact_hash(chosen.encoded)
        return digest("selection", number), digest("selection's bytes", number)
