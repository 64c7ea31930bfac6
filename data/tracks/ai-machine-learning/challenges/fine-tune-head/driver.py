"""Builds a backbone with a history and a new head, lets the learner fine-tune, and returns what is left of both.

What looks at the model afterwards is bound here, before the learner's code runs, and goes round the model's own methods.
"""
import torch
from torch import nn

KIND, FLOAT, TRAINED = type, float, torch.Tensor.requires_grad
MODULES, INSIDE = nn.Module.named_modules, vars(nn.Module)["__dict__"].__get__


class Classifier(nn.Module):
    """A pretrained backbone under a new head."""

    def __init__(self, features, classes):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(features, 8), nn.BatchNorm1d(8), nn.ReLU())
        self.head = nn.Linear(8, classes)

    def forward(self, x):
        return self.head(self.backbone(x))


def drive(learner, seed, x, y, steps, lr, arrives):
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    model = pretrained(seed, inputs, targets, arrives)
    losses = learner.fine_tune(model, inputs, targets, steps, lr)
    return {
        "losses": losses,
        "kinds of losses": [kind(loss) for loss in losses] if KIND(losses) in (list, tuple) else kind(losses),
        "state": dict(held(model, "_parameters", "_buffers")),
        "requires gradients": {name: TRAINED.__get__(value) for name, value in held(model, "_parameters")},
        "left in training mode": {name: INSIDE(part)["training"] for name, part in MODULES(model)},
    }


def kind(value):
    """The name of what a value really is; one that only has the name of float is not it."""
    return "float" if KIND(value) is FLOAT else f"other: {KIND(value).__name__}"


def held(model, *kinds):
    """Every tensor of these kinds with its name."""
    for where, part in MODULES(model):
        yield from ((f"{where}.{name}", value) for which in kinds for name, value in INSIDE(part)[which].items())


def pretrained(seed, x, y, arrives):
    """`arrives` may hold the words training, zero-head and old-gradients."""
    torch.manual_seed(seed)
    model = Classifier(x.shape[1], int(y.max()) + 1).double()
    for _ in range(3):  # gives batch norm averages that differ from those of the new batch
        model.backbone(2 * torch.randn(32, x.shape[1], dtype=torch.float64) - 1)
    if "zero-head" in arrives:
        nn.init.zeros_(model.head.weight)
        nn.init.zeros_(model.head.bias)
    model.eval()
    if "old-gradients" in arrives:
        (3 * nn.functional.cross_entropy(model(x), y)).backward()
    return model.train("training" in arrives)
