import torch
from torch import nn


def fine_tune(model: nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int, lr: float) -> list[float]:
    """Train model.head on the batch and return the loss before each step."""
    model.backbone.requires_grad_(False)
    model.eval()
    features = model.backbone(x)  # the backbone stands still, so once is enough
    optimiser = torch.optim.SGD(model.head.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(model.head(features), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
