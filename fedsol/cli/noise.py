"""Options of differential privacy, alike wherever something is trained."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

if TYPE_CHECKING:
    from fedsol.learning.privacy import Budget, ClientPrivacy, ExamplePrivacy

PRIVACY = Group("Privacy", sort_key=45)


@Parameter(name="*", group=PRIVACY)
@dataclass(frozen=True, kw_only=True)
class Noise:
    """What is hidden in noise, and what it may cost."""

    privacy: Annotated[
        Literal["examples", "clients"] | None,
        Parameter(
            help="Hide single samples in each client's training, or whole clients in a sum."
            " Under masks the clients add the sum's noise themselves."
        ),
    ] = None
    clip_norm: Annotated[
        float, Parameter(help="Bound of a sample's gradient, or of a client's update.")
    ] = 1.0
    noise_multiplier: Annotated[
        float, Parameter(help="Deviation of the noise, as a multiple of the bound.")
    ] = 1.0
    epsilon: Annotated[
        float | None,
        Parameter(help="Stop before more is spent, by any client. No limit unless given."),
    ] = None
    delta: Annotated[float, Parameter(help="Delta that epsilon is counted at.")] = 1e-5


NO_NOISE = Noise()


def mechanism_of(
    noise: Noise, sampling: Literal["poisson", "fixed"] = "poisson"
) -> "tuple[ClientPrivacy | ExamplePrivacy | None, Budget | None]":
    """The mechanism and the budget that the options name; without noise there is no epsilon.

    Raises ConfigError.
    """
    from fedsol.errors import ConfigError
    from fedsol.learning.privacy import Budget, ClientPrivacy, ExamplePrivacy

    if noise.privacy is None:
        if noise.epsilon is not None:
            raise ConfigError(
                "--epsilon is the budget of a noise, and there is none",
                hint="Say whom it hides: --privacy examples, or --privacy clients.",
            )
        return None, None
    kind = ClientPrivacy if noise.privacy == "clients" else ExamplePrivacy
    mechanism = kind(noise.clip_norm, noise.noise_multiplier)
    if noise.epsilon is None and not noise.noise_multiplier:
        return mechanism, None
    limit = math.inf if noise.epsilon is None else noise.epsilon
    return mechanism, Budget(limit, noise.delta, sampling=sampling)
