"""Every error that fedsol raises on purpose.

The tree::

    FedsolError
    ├── ConfigError            a setting, key file or parameter is wrong
    ├── ChainError             talking to a chain failed
    │   ├── RpcUnreachable     no endpoint of the list answered
    │   ├── WrongCluster       the chain is not the one the federation was created on
    │   ├── TransactionTooLarge
    │   ├── TransactionExpired never landed; its block height has passed
    │   ├── InsufficientFunds  lamports or tokens are missing
    │   └── ProgramError       a transaction failed on chain (one subclass per code:
    fedsol.program.errors) ├── ArtifactError          bytes kept off chain
    │   ├── ArtifactMissing
    │   ├── ArtifactCorrupt    the bytes do not have the hash they are named by
    │   └── ArtifactStoreFull
    ├── LearningError          models, data, updates
    │   ├── ArchitectureMismatch
    │   ├── NotFinite          NaN or infinity in an update
    │   └── NormExceeded
    ├── StateError             a role's state on disk is unreadable or belongs to somebody else
    └── AuditError             the record does not replay to what the accounts say

Each carries a ``hint``: one sentence that says what to do.
"""


class FedsolError(Exception):
    """Base of all errors; ``hint`` says what to do about it."""

    hint: str = ""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class ConfigError(FedsolError):
    """A setting, a key file or a parameter is wrong."""


class ChainError(FedsolError):
    """Talking to a chain failed."""


class RpcUnreachable(ChainError):
    """No endpoint of the list answered."""

    hint = "Check the URL and the network; `fedsol doctor` tries every endpoint."


class WrongCluster(ChainError):
    """The chain is not the one that the federation was created on."""

    hint = "Point --url at the cluster whose genesis hash the federation names."


class TransactionTooLarge(ChainError):
    """A transaction would not fit a network packet (1,232 bytes)."""

    hint = "Send fewer instructions at once."


class TransactionExpired(ChainError):
    """A transaction never landed and can no longer land."""

    hint = "Nothing happened on chain: run it again, with a higher fee if the cluster is busy."


class InsufficientFunds(ChainError):
    """Lamports or tokens are missing."""

    hint = "Fund the account named above and run the command again."


class ProgramError(ChainError):
    """A transaction failed on chain.

    ``code`` and ``name`` are the program's own; ``logs`` is the transaction's log.
    """

    code: int = -1
    name: str = ""

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        name: str | None = None,
        logs: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        if code is not None:
            self.code = code
        if name is not None:
            self.name = name
        self.logs = logs


class ArtifactError(FedsolError):
    """Bytes kept off chain are missing, corrupt or cannot be stored."""


class ArtifactMissing(ArtifactError):
    """No artifact of that hash is in the store."""

    hint = "Check --artifacts: every participant must read and write the same store."


class ArtifactCorrupt(ArtifactError):
    """The bytes do not have the hash they are named by."""

    hint = "Delete the file and fetch it from another copy; nothing that was read has been used."


class ArtifactStoreFull(ArtifactError):
    """The store has no room left."""

    hint = "Free some space; nothing was half written, so run the command again afterwards."


class LearningError(FedsolError):
    """A model, a data set or an update is not usable."""


class ArchitectureMismatch(LearningError):
    """The model is not of the architecture that the federation names."""

    hint = "Use the model that `fedsol federation show` names."


class NotFinite(LearningError):
    """An update or a model holds NaN or infinity."""

    hint = "Lower the learning rate or check the data; nothing was committed."


class NormExceeded(LearningError):
    """An update is longer than the federation's bound, and cannot be scaled down."""

    hint = "Train less far per round or lower the learning rate."


class StateError(FedsolError):
    """A role's state on disk is unreadable or belongs to somebody else."""

    hint = "Point --state at the folder that this key used before; it holds the salts that reveals need."


class AuditError(FedsolError):
    """The record does not replay to what the accounts say."""
