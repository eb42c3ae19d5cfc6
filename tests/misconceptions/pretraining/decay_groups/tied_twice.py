"""A parameter that is tied is there twice."""


def decay_groups(model, weight_decay):
    named = model.named_parameters(remove_duplicate=False)
    trainable = [one for _, one in named if one.requires_grad]
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
