"""Privacy: what a federation's members and the public can learn of a participant's data.

- ``gaussian``: client-level noise, added by a server to a sum of clipped updates;
- ``distributed_noise``: the same without trusting a server, added by the clients as integers;
- ``private_training``: example-level noise, in a participant's own training (DP-SGD);
- ``ledger``: epsilon so far, and the stop at the budget;
- ``secure_aggregation``: a server that learns the sum of updates and no single one;
- ``modes``: what can be promised at once, and what not.

Accountants and key agreement come with the extra ``privacy`` and are imported when they are used.
"""

from fedsol.learning.privacy.distributed_noise import (
    add_noise,
    discrete_gaussian,
    effective_multiplier,
    local_std,
    roomy_scheme,
)
from fedsol.learning.privacy.errors import (
    BudgetExhausted,
    InvalidMessage,
    PrivacyError,
    SecureAggregationError,
    TooFewSurvivors,
    UnmaskingRefused,
)
from fedsol.learning.privacy.gaussian import ClientPrivacy, clip
from fedsol.learning.privacy.ledger import Budget, PrivacyLedger, Release, epsilon_of, noise_for
from fedsol.learning.privacy.modes import Arrangement, Incompatible, Mode, Proof, check
from fedsol.learning.privacy.private_training import (
    ExamplePrivacy,
    train_private,
    train_private_padded,
)

__all__ = [
    "Arrangement",
    "Budget",
    "BudgetExhausted",
    "ClientPrivacy",
    "ExamplePrivacy",
    "Incompatible",
    "InvalidMessage",
    "Mode",
    "PrivacyError",
    "PrivacyLedger",
    "Proof",
    "Release",
    "SecureAggregationError",
    "TooFewSurvivors",
    "UnmaskingRefused",
    "add_noise",
    "check",
    "clip",
    "discrete_gaussian",
    "effective_multiplier",
    "epsilon_of",
    "local_std",
    "noise_for",
    "roomy_scheme",
    "train_private",
    "train_private_padded",
]
