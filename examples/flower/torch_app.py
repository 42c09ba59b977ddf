"""A PyTorch app under a federation: the same two lines, and the import that they need."""

import torch
from digits import CLASSES, FEATURES, load_partition, save
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from torch import nn

from fedsol.flower import GovernedMod, GovernedStrategy

client_app = ClientApp(mods=[GovernedMod()])
server_app = ServerApp()


class Net(nn.Module):
    """One hidden layer."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(FEATURES, 32)
        self.out = nn.Linear(32, CLASSES.size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of samples (float32[n, 64])."""
        logits: torch.Tensor = self.out(torch.relu(self.hidden(x)))
        return logits


def initial_arrays() -> ArrayRecord:
    """The same net for everybody who asks."""
    torch.manual_seed(0)
    return ArrayRecord(Net().state_dict())


def net_of(message: Message) -> Net:
    """The net that a message holds."""
    net = Net()
    net.load_state_dict(message.content["arrays"].to_torch_state_dict())
    return net


@client_app.train()
def train(message: Message, context: Context) -> Message:
    """Five epochs on the client's own samples."""
    x, _, y, _ = map(torch.tensor, load_partition(int(context.node_config["partition-id"])))
    net = net_of(message)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(5):
        for batch in torch.arange(len(x)).split(32):
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(x[batch].float()), y[batch]).backward()
            optimiser.step()
    metrics = MetricRecord({"num-examples": len(x)})
    arrays = ArrayRecord(net.state_dict())
    return Message(RecordDict({"arrays": arrays, "metrics": metrics}), reply_to=message)


@client_app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    """Evaluates on samples that the client did not train on."""
    _, x, _, y = map(torch.tensor, load_partition(int(context.node_config["partition-id"])))
    with torch.no_grad():
        right = (net_of(message)(x.float()).argmax(dim=1) == y).float().mean()
    metrics = MetricRecord({"accuracy": float(right), "num-examples": len(x)})
    return Message(RecordDict({"metrics": metrics}), reply_to=message)


@server_app.main()
def main(grid: Grid, context: Context) -> None:
    """Three rounds."""
    strategy = GovernedStrategy(FedAvg(min_train_nodes=3, min_available_nodes=3), fast_forward=True)
    result = strategy.start(grid, initial_arrays(), num_rounds=3)
    save(result.arrays)
    print(f"accuracy {result.evaluate_metrics_clientapp[3]['accuracy']:.3f}")
