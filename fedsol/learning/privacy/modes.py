"""Who may see a single update, and what can therefore be promised: the three modes of a federation.

- ``open``: everybody sees every update. Robust rules, scores and fraud proofs hold.
- ``masked``: nobody sees any; only their sum appears (``secure_aggregation``).
- ``enclave``: attested hardware alone sees them, and applies any rule.

Most protections of one mode need what another hides. :func:`check` refuses what cannot hold.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from fedsol.errors import ConfigError
from fedsol.learning.codecs import Codec
from fedsol.learning.fixed_point import MAX_QMAX
from fedsol.learning.privacy.distributed_noise import ROOM
from fedsol.learning.privacy.gaussian import ClientPrivacy
from fedsol.learning.privacy.ledger import Budget
from fedsol.learning.privacy.private_training import ExamplePrivacy
from fedsol.learning.scheme import Scheme
from fedsol.learning.strategies.averaging import FedAvg
from fedsol.learning.strategies.base import Strategy

MOST_GOVERNED = 256
"""Masked updates of a round that the program settles (``SELECTION_MAX`` there)."""


class Mode(StrEnum):
    """Who sees single updates."""

    OPEN = "open"
    MASKED = "masked"
    ENCLAVE = "enclave"


class Proof(StrEnum):
    """What can be proven on chain of single updates, or of an aggregate and what went into it."""

    WRONG_AGGREGATE = "wrong aggregate"
    COPIED_UPDATE = "copied update"
    LYING_NORM = "lying norm"
    WITHHELD_BYTES = "withheld bytes"


@dataclass(frozen=True)
class Arrangement:
    """What a federation wants to hold at once.

    ``clients`` are those of one round, ``max_weight`` the most that one update counts. ``governed``:
    the program settles rounds on chain. ``scored``: evaluators score single updates. ``privacy`` is
    what is clipped and noised, ``budget`` the claim that is made of it. ``noise_by``: who adds
    client-level noise. ``verifier`` names what checks the enclave's quotes.
    """

    mode: Mode
    clients: int
    strategy: Strategy = field(default_factory=FedAvg)
    scheme: Scheme = field(default_factory=Scheme)
    codec: Codec | None = None
    max_weight: int = 1
    governed: bool = False
    scored: bool = False
    proofs: frozenset[Proof] = frozenset()
    privacy: ClientPrivacy | ExamplePrivacy | None = None
    budget: Budget | None = None
    noise_by: Literal["server", "clients"] = "clients"
    verifier: str | None = None


class Incompatible(ConfigError):
    """Promises that cannot hold at once; ``reasons`` has a sentence for each pair."""

    hint = "Give one side of each up; docs/privacy.md has the table of what goes with what."

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def check(wanted: Arrangement) -> None:
    """Refuse an arrangement that cannot hold.

    Raises:
        Incompatible: with every reason, not only the first.
    """
    reasons = [*_claims(wanted)]
    if wanted.mode is not Mode.OPEN:
        reasons += _hidden(wanted)
    if wanted.mode is Mode.MASKED:
        reasons += _masked(wanted)
    if wanted.mode is Mode.ENCLAVE and not wanted.verifier:
        reasons.append("An enclave whose quotes nobody verifies is a server that asks for trust.")
    if reasons:
        raise Incompatible(tuple(reasons))


def _hidden(wanted: Arrangement) -> Iterator[str]:
    """What needs single updates, in a mode that shows none."""
    where = f"in {wanted.mode} mode"
    if wanted.governed and wanted.mode is Mode.ENCLAVE:
        yield f"The program settles no round {where}: it verifies no quotes."
    if wanted.scored:
        yield f"Evaluators cannot score single updates {where}: they see none."
    for proof in sorted(wanted.proofs - _provable(wanted)):
        yield f"A {proof} cannot be proven {where}: the proof shows values of single updates."


def _provable(wanted: Arrangement) -> frozenset[Proof]:
    """What is provable of masked updates as they are on chain, without any single one being seen."""
    on_chain = wanted.governed and wanted.mode is Mode.MASKED
    return frozenset({Proof.WITHHELD_BYTES} if on_chain else ())


def _masked(wanted: Arrangement) -> Iterator[str]:
    """What needs more than a sum of integers."""
    name = type(wanted.strategy).__name__
    if not wanted.strategy.needs_only_mean:
        yield f"{name} compares single updates; masks show only their sum. Take FedAvg or the like."
    if wanted.codec is not None:
        yield (
            f"Codec {wanted.codec.name}: masks turn every word, and with it the places of what is"
            " left out, into noise that nothing compresses. Lower qmax for narrower words."
        )
    if wanted.governed and wanted.clients > MOST_GOVERNED:
        yield f"The program takes at most {MOST_GOVERNED} masked updates a round."
    if wanted.clients < 3:
        yield f"The sum of {wanted.clients} updates tells each client the other's."
    if wanted.clients * wanted.scheme.qmax * wanted.max_weight >= 2**63:
        yield "Such weights overflow a masked sum of 64 bits: lower max_weight or qmax."
    if isinstance(wanted.privacy, ClientPrivacy):
        spread = math.sqrt(wanted.scheme.max_norm_squared / wanted.clients)
        if wanted.scheme.qmax + ROOM * wanted.privacy.noise_multiplier * spread > MAX_QMAX:
            yield (
                "Noisy values do not fit 16 bits: the clients' noise needs ten deviations of room"
                " beyond qmax. Lower max_norm_squared or update_bits."
            )


def _claims(wanted: Arrangement) -> Iterator[str]:
    """Differential privacy that is claimed and not had."""
    privacy = wanted.privacy
    if wanted.budget is not None and privacy is None:
        yield "A privacy budget is claimed, but nothing is clipped and no noise is added."
    if wanted.budget is not None and privacy is not None and privacy.noise_multiplier == 0:
        yield "A privacy budget is claimed, but clipping without noise bounds no epsilon."
    if not isinstance(privacy, ClientPrivacy):
        return
    if wanted.mode is Mode.OPEN:
        yield (
            "Client-level noise hides a client in a sum; in open mode every single update is public,"
            " with its own part of the noise at most. Mask, or protect examples instead."
        )
    if wanted.mode is Mode.MASKED and wanted.noise_by == "server":
        yield "Who takes the masks off sees the sum without noise: let the clients add it."
    if wanted.max_weight != 1:
        yield "Client-level noise is measured for equal weights: a weight widens what one can move."
    if not wanted.strategy.needs_only_mean:
        yield (
            f"Client-level noise is measured for a sum; how far one client can move"
            f" {type(wanted.strategy).__name__} is not bounded by its clipping norm."
        )
