"""Parameters are not in the order of model.parameters()."""


def decay_groups(model, weight_decay):
    trainable = [one for one in model.parameters() if one.requires_grad][::-1]
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
