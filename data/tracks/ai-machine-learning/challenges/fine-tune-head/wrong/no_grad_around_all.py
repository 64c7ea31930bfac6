import torch
from torch import nn


def fine_tune(model, x, y, steps, lr):
    model.backbone.requires_grad_(False)
    model.eval()
    optimiser = torch.optim.SGD(model.head.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        optimiser.zero_grad()
        with torch.no_grad():
            scores = model(x)
        loss = nn.functional.cross_entropy(scores, y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
