"""Clients of Flower's older API: ``ClientApp(client_fn, mods=[GovernedMod(), legacy_client])``.

A ``NumPyClient`` that ``client_fn`` returns knows lists of arrays and dictionaries; messages carry
records. The names of Flower's records for the older API are those of its ``recorddict_compat``.
"""

from typing import Any

from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp.typing import ClientAppCallable

from fedsol.errors import ArchitectureMismatch, LearningError
from fedsol.flower.arrays import arrays_of

_KINDS = {"train": "fit", "evaluate": "evaluate"}
_NOTHING = "_empty"  # stands for an empty list of arrays


def legacy_client(message: Message, context: Context, app: ClientAppCallable) -> Message:
    """A mod, the last of all: an app of the older API answers a message of the newer one.

    Arrays go to the client as the list of the message's, in their order, and those of its answer take
    their names. Its metrics come back if they are numbers, with ``num-examples`` and, of an
    evaluation, ``loss``. What is neither training nor evaluation passes as it is.

    Raises:
        ArchitectureMismatch: the client returned another number of arrays.
        LearningError: it reported a failure, as where it has no ``fit``.
        ConfigError: the message has no arrays, or several records of them.
    """
    kind = _KINDS.get(message.metadata.message_type)
    if kind is None:
        return app(message, context)
    given = arrays_of(message.content)
    configs = [dict(one) for one in message.content.config_records.values()]
    asked: dict[str, Any] = {
        f"{kind}ins.parameters": given,
        f"{kind}ins.config": ConfigRecord({name: v for one in configs for name, v in one.items()}),
    }
    message.content = RecordDict(asked)
    reply = app(message, context)
    if reply.has_content():
        reply.content = _translated(kind, reply.content, given)
    return reply


def _translated(kind: str, content: RecordDict, given: ArrayRecord) -> RecordDict:
    """What a client of the older API answered, as one of the newer would have."""
    status = content.config_records[f"{kind}res.status"]
    if status["code"] != 0:
        raise LearningError(
            f"the client could not {kind}: {status['message']!s}",
            hint="See what its fit() or evaluate() does.",
        )
    told = content.config_records[f"{kind}res.metrics"]
    metrics: dict[str, Any] = {
        name: value for name, value in told.items() if type(value) in (int, float)
    }
    metrics["num-examples"] = content.metric_records[f"{kind}res.num_examples"]["num_examples"]
    if kind == "evaluate":
        metrics["loss"] = content.metric_records["evaluateres.loss"]["loss"]
        return RecordDict({"metrics": MetricRecord(metrics)})
    arrays = _named(content.array_records["fitres.parameters"], given)
    return RecordDict({"arrays": arrays, "metrics": MetricRecord(metrics)})


def _named(found: ArrayRecord, given: ArrayRecord) -> ArrayRecord:
    returned = [array for name, array in found.items() if name != _NOTHING]
    if len(returned) != len(given):
        raise ArchitectureMismatch(
            f"the client was given {len(given)} arrays and returned {len(returned)}",
            hint="Return from fit() all parameters that it was called with, in the same order.",
        )
    pairs = zip(given, returned, strict=True)
    # Those of the older API carry neither shape nor dtype of their own.
    return ArrayRecord({name: Array(array.numpy()) for name, array in pairs})
