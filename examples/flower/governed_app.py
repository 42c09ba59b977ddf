"""The same app under a federation: two lines, and the import that they need."""

from digits import fit, initial_arrays, save, score
from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from fedsol.flower import GovernedMod, GovernedStrategy

client_app = ClientApp(mods=[GovernedMod()])
server_app = ServerApp()


@client_app.train()
def train(message: Message, context: Context) -> Message:
    """Trains on the client's own samples."""
    arrays, count = fit(message.content["arrays"], int(context.node_config["partition-id"]))
    metrics = MetricRecord({"num-examples": count})
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@client_app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Evaluates on samples that the client did not train on."""
    part = int(context.node_config["partition-id"])
    loss, accuracy, count = score(message.content["arrays"], part)
    metrics = MetricRecord({"loss": loss, "accuracy": accuracy, "num-examples": count})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


@server_app.main()
def main(grid: Grid, context: Context) -> None:
    """Three rounds."""
    strategy = GovernedStrategy(FedAvg(min_train_nodes=3, min_available_nodes=3), fast_forward=True)
    result = strategy.start(grid, initial_arrays(), num_rounds=3)
    save(result.arrays)
