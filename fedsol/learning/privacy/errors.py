"""What goes wrong in private training: a spent budget, a masked round that cannot end."""

from fedsol.errors import FedsolError


class PrivacyError(FedsolError):
    """A promise about privacy cannot be kept."""


class BudgetExhausted(PrivacyError):
    """The next release would cost more privacy than the budget has left."""

    hint = "Nothing was released. Stop training here, or agree on a larger budget before going on."


class SecureAggregationError(PrivacyError):
    """A masked round cannot go on."""


class TooFewSurvivors(SecureAggregationError):
    """Fewer members are left than the threshold needs; nothing of any update can be read."""

    hint = "Run the round again with those who are online, with other keys: nothing was revealed."


class UnmaskingRefused(SecureAggregationError):
    """A member will not help to unmask, as somebody could then read a single update."""

    hint = "The server told different survivors to different members, or too few: leave it."


class InvalidMessage(SecureAggregationError):
    """A message is malformed, forged, out of turn or of another round."""

    hint = "Drop its sender from the round; if it is the server, leave the round."
