import torch
from torch import nn


def fine_tune(model, x, y, steps, lr):
    model.backbone.requires_grad_(False)
    optimiser = torch.optim.SGD(model.head.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    model.eval()
    return losses
