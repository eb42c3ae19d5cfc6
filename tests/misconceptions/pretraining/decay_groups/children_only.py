"""Parameters of inner modules are left out."""


def decay_groups(model, weight_decay):
    trainable = [one for child in model.children() for one in child.parameters(recurse=False) if one.requires_grad]
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
