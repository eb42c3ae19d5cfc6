"""Parameters are not in the order of model.parameters()."""


def decay_groups(model, weight_decay):
    named = sorted(model.named_parameters(), key=lambda pair: pair[0])
    trainable = [one for _, one in named if one.requires_grad]
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
