"""Weights of more than two dimensions are in no group."""


def decay_groups(model, weight_decay):
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [one for one in trainable if one.ndim == 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
