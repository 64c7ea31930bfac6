import torch
from torch import nn


def fine_tune(model: nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int, lr: float) -> list[float]:
    """Train model.head on the batch and return the loss before each step."""
    losses: list[float] = []
    return losses
