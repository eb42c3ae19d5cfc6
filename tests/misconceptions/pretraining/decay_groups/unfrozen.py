"""It changes which parameters are trainable."""


def decay_groups(model, weight_decay):
    model.requires_grad_(True)
    trainable = list(model.parameters())
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
