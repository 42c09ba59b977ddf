"""Scripted rounds: who does what, step by step, every step checked like those of a random history."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.property.driver import Driver
from tests.property.model import CREATOR, Rules, Step
from tests.property.moves_disputes import PIECE, resolving
from tests.property.moves_scoring import scores_of
from tests.property.posting import posting
from tests.property.proving import pieces, stream_of
from tests.property.reference import Reference
from tests.property.reference_scoring import ticket_of
from tests.property.state import Dispute, Federation, Round

STRANGER = "eve"
PEOPLE = ("alice", "bob", "carol", "dave")
SCORED = Rules(
    score=(9, 5),
    max_submissions=4,
    max_evaluators=3,
    min_evaluators=1,
    reward=10_007,
    floor=1_000,
    band=2_000,
    rate=3_333,
    # So that two faults of one round reach it.
    cap=5_200,
    finder=3_333,
    treasury=3_334,
    claim_bond=101,
)


@dataclass
class Scene:
    """One federation in a world of its own, and the round that is running in it."""

    rules: Rules = SCORED
    reference: type[Reference] = Reference
    fed: str = "A"
    number: int = 0
    driver: Driver = field(init=False)

    def __post_init__(self) -> None:
        self.driver = Driver(dict.fromkeys(CREATOR, self.rules), self.reference)

    @property
    def here(self) -> Federation:
        """The federation as the reference has it."""
        return self.driver.reference.feds[self.fed]

    @property
    def round(self) -> Round:
        """The running round as the reference has it."""
        return self.here.rounds[self.number]

    def do(self, actor: str, name: str, who: str = "", **fields: object) -> Step:
        """Somebody does something, and it succeeds."""
        step = Step(name, self.fed, actor, self.number, who, **fields)  # type: ignore[arg-type]
        self.driver.must(step)
        return step

    # -- beginnings ------------------------------------------------------------------------------

    def gather(self, *people: str, stake: int = 7_777, roles: int = 7, fund: int = 90_000) -> None:
        """Makes the federation, and brings people in."""
        self.do(CREATOR[self.fed], "federation_create")
        self.do(STRANGER, "federation_fund", amount=fund)
        for owner in people:
            self.do(owner, "participant_register", roles=roles)
            self.do(owner, "stake_deposit", amount=stake)

    def open(self) -> None:
        """Opens the next round."""
        self.number += 1
        self.do(CREATOR[self.fed], "round_open")

    def train(self, silent: tuple[str, ...] = (), **words: str) -> None:
        """Commits and reveals, up to the phase after; ``words`` are updates by owner.

        ``copy …`` is a copy of somebody's good update. Under masks they join and share instead.
        """
        if self.rules.masked:
            self.join(*words, *silent)
            self.share(*words)
        else:
            self._commit(silent, words)
        for owner, word in words.items():
            kind, _, author = word.partition(" ")
            copied = {"who": author} if kind == "copy" else {"word": word}
            self.do(owner, "round_reveal", **copied)
        self.advance()

    def _commit(self, silent: tuple[str, ...], words: dict[str, str]) -> None:
        for owner, word in words.items():
            kind, _, author = word.partition(" ")
            copied = {"who": author} if kind == "copy" else {"word": word}
            self.do(owner, "round_commit", **copied)
        for owner in silent:
            self.do(owner, "round_commit")
        self.advance()

    def join(self, *owners: str) -> None:
        """Under masks these become members, up to the phase after."""
        for owner in owners:
            self.do(owner, "round_join")
        self.advance()

    def share(self, *owners: str) -> None:
        """Under masks these store their shares, up to the phase after."""
        for owner in owners:
            self.do(owner, "round_share")
        self.advance()

    def object(self, *owners: str) -> None:
        """These turn down what was posted."""
        poster = f"{self.fed}/{self.round.aggregator}"
        for owner in owners:
            self.do(owner, "round_object", aggregator=poster)

    # -- phases ----------------------------------------------------------------------------------

    def over(self) -> None:
        """The phase's deadline passes."""
        self.driver.reach(*self.round.deadline)

    def advance(self) -> None:
        """The phase is over, and somebody cranks."""
        self.over()
        self.do(STRANGER, "round_advance")

    def draw(self) -> None:
        """The beacon is drawn."""
        self.driver.pass_time(1, 2)
        self.do(STRANGER, "round_advance")

    def evaluate(self, silent: tuple[str, ...] = (), **manners: str) -> None:
        """Draws the beacon, commits scores and shows them, up to the tally.

        The highest ticket comes first, so that whoever is one too many takes a seat from another.
        """
        self.draw()
        owners = (*manners, *silent)
        for owner in sorted(owners, key=lambda o: -ticket_of(self.round, self.fed, o)):
            self.commit_scores(owner, manners.get(owner, "fair"))
        self.advance()
        for owner, manner in manners.items():
            if owner in self.round.panel:
                self.show_scores(owner, manner)
        if self.round.phase == "ScoreReveal":
            self.advance()

    def commit_scores(self, owner: str, manner: str) -> None:
        """An evaluator commits; if all seats are taken, the highest ticket loses its own."""
        scores, worst = scores_of(self.here, self.number, owner, manner), ""
        if len(self.round.panel) >= self.rules.max_evaluators:
            worst = self.round.panel[self.round.tickets.index(max(self.round.tickets))]
        self.do(owner, "score_commit", worst, word=manner, scores=scores)

    def show_scores(self, owner: str, manner: str) -> None:
        """An evaluator shows its scores: the last ones first, then the first one with the salt."""
        scores = scores_of(self.here, self.number, owner, manner)
        self.do(owner, "score_reveal", word=manner, scores=scores[1:], amount=1)
        self.do(owner, "score_reveal", word=manner, scores=scores[:1], flag=True)

    def tally(self) -> None:
        """Every submission gets its score, and the aggregation begins."""
        self.over()
        for (number, owner), submission in self.here.submissions.items():
            if number == self.number and submission.standing and not submission.scored:
                self.do(STRANGER, "submission_score", owner, evaluators=tuple(self.round.shown))
        self.do(STRANGER, "round_advance")

    def aggregate(self, word: str = "good", chosen: str = "good") -> str:
        """The chosen aggregator posts a model, or else whoever may later. Returns who it is.

        ``chosen`` is the word of what it selects, where the rule does.
        """
        step = Step("round_aggregate", self.fed, "", self.number)
        step = posting(self.here, self.number, step, word, chosen)
        for _ in range(2):
            for owner in self.here.seats:
                own = replace(step, actor=owner)
                if self.driver.reference.allows(own, self.driver.world.now()) is None:
                    self.driver.must(own)
                    return owner
            self.over()
        raise AssertionError("nobody may aggregate")

    def settle(self) -> None:
        """The challenge window is over, and somebody settles."""
        self.over()
        self.do(STRANGER, "round_settle", self.round.aggregator)

    # -- disputes --------------------------------------------------------------------------------

    def claim(
        self, challenger: str, kind: str, target: str = "", place: int = 0, other: int = 0
    ) -> Dispute:
        """Somebody claims a fault."""
        fields = {"target": target, "place": place, "other": other}
        self.do(challenger, "challenge_open", word=kind, **fields)
        return self.here.disputes[self.number, target, challenger]

    def demand(
        self, challenger: str, target: str = "", place: int = 0, *, of_selection: bool = False
    ) -> Dispute:
        """Somebody demands a chunk."""
        self.do(challenger, "demand_open", target=target, place=place, flag=of_selection)
        return self.here.disputes[self.number, target, challenger]

    def prove(self, dispute: Dispute) -> None:
        """Shows all that is missing of the evidence."""
        while True:
            missing = [(part, whose) for part, whose, _ in pieces(self.here, self.number, dispute)]
            if not missing or dispute.evidence != "Incomplete":
                return
            part, whose, proof = next(pieces(self.here, self.number, dispute))
            self.do(
                dispute.challenger,
                "challenge_append",
                whose,
                target=dispute.target,
                part=part,
                proof=proof,
            )

    def measure(self, dispute: Dispute) -> None:
        """Shows both updates whose distance is claimed to be wrong, from where it is to their ends."""
        pair, data = stream_of(self.here, self.number, dispute)
        while dispute.measured is None:
            at = len(dispute.stream)
            piece = {"place": at, "data": data[at : at + PIECE]}
            last = at + PIECE >= len(data)
            self.do(dispute.challenger, "challenge_measure", pair=pair if last else (), **piece)

    def answer(self, dispute: Dispute, answerer: str = "") -> None:
        """Shows the chunk that was demanded."""
        _, _, proof = next(pieces(self.here, self.number, dispute))
        accused = f"{self.fed}/{dispute.accused}"
        self.do(
            answerer or dispute.accused,
            "demand_answer",
            dispute.challenger,
            target=dispute.target,
            proof=proof,
            accused=accused,
        )

    def resolve(self, dispute: Dispute) -> None:
        """The program decides, and pays."""
        place = self.number, dispute.target, dispute.challenger
        self.driver.must(resolving(self.driver.reference, self.fed, place, STRANGER))
        self.close(dispute)

    def expire(self, dispute: Dispute) -> None:
        """The time for evidence is over."""
        self.driver.reach(*dispute.deadline)
        self.do(
            STRANGER,
            "challenge_expire",
            dispute.challenger,
            target=dispute.target,
            accused=f"{self.fed}/{dispute.accused}",
        )
        self.close(dispute)

    def close(self, dispute: Dispute) -> None:
        """What a verdict left is paid."""
        self.do(STRANGER, "challenge_close", dispute.challenger, target=dispute.target)
