"""Builds a small model from a seed, lets the learner train it, and returns plain values about what happened."""
import torch
from torch import nn


def drive(learner, seed, x, y, x_val, epochs, lr, arrives):
    inputs, targets, held_out = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(x_val)
    model = build(seed, x.shape[1], int(y.max()) + 1, arrives, inputs, targets)
    losses, scores = learner.train(model, inputs, targets, held_out, epochs, lr)
    return {
        "losses": [float(loss) for loss in losses],
        "losses are floats": all(type(loss) is float for loss in losses),
        "scores": scores.detach().numpy(),
        "scores have a gradient history": scores.requires_grad,
        "left in training mode": model.training,
        "state": {name: value.detach().numpy() for name, value in model.state_dict().items()},
    }


def build(seed, features, classes, arrives, x, y):
    """`arrives` may hold the words training, zero-head and old-gradients."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(features, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, classes)).double()
    if "zero-head" in arrives:
        nn.init.zeros_(model[3].weight)
        nn.init.zeros_(model[3].bias)
    model.train("training" in arrives)
    if "old-gradients" in arrives:
        model.eval()
        (3 * nn.functional.cross_entropy(model(x), y)).backward()
        model.train("training" in arrives)
    return model
