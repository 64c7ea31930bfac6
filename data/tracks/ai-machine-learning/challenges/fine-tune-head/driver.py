"""Builds a backbone with a history and a new head, lets the learner fine-tune, and returns what is left of both."""
import torch
from torch import nn

STATE, MODULES, PARAMETERS = nn.Module.state_dict, nn.Module.named_modules, nn.Module.parameters  # as they are before the learner


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
        "head": values(model.head),
        "backbone": values(model.backbone),
        "backbone requires gradients": any(p.requires_grad for p in PARAMETERS(model.backbone)),
        "head requires gradients": all(p.requires_grad for p in PARAMETERS(model.head)),
        "left in training mode": [name for name, part in MODULES(model) if part.training],
    }


def values(part):
    """Every parameter and buffer as numbers, to be compared where no learner's code runs."""
    return {name: value.detach().tolist() for name, value in STATE(part).items()}


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
