"""Builds a small model from a seed, lets the learner train it, and returns plain values about what happened.

What looks at the model afterwards is bound here, before the learner's code runs, and goes round the model's own methods.
"""
import torch
from torch import nn

KIND, FLOAT, TENSOR, HISTORY = type, float, torch.Tensor, torch.Tensor.requires_grad
MODULES, INSIDE = nn.Module.named_modules, vars(nn.Module)["__dict__"].__get__


def drive(learner, seed, x, y, x_val, epochs, lr, arrives):
    inputs, targets, held_out = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(x_val)
    model = build(seed, x.shape[1], int(y.max()) + 1, arrives, inputs, targets)
    losses, scores = learner.train(model, inputs, targets, held_out, epochs, lr)
    return {
        "losses": losses,
        "kinds of losses": [kind(loss) for loss in losses],
        "scores": scores,
        "kind of scores": kind(scores),
        "scores have a gradient history": HISTORY.__get__(scores) if TENSOR in KIND(scores).__mro__ else None,
        "left in training mode": {name: INSIDE(part)["training"] for name, part in MODULES(model)},
        "state": state(model),
    }


def kind(value):
    """The name of what a value really is; one that only has the name of float is not it."""
    return "float" if KIND(value) is FLOAT else "tensor" if KIND(value) is TENSOR else f"other: {KIND(value).__name__}"


def state(model):
    """Every parameter and buffer."""
    held = ((where, {**INSIDE(part)["_parameters"], **INSIDE(part)["_buffers"]}) for where, part in MODULES(model))
    return {f"{where}.{name}": value for where, tensors in held for name, value in tensors.items()}


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
