"""There is something in the groups that is no parameter of the model, such as a copy or a buffer."""


def decay_groups(model, weight_decay):
    trainable = list(model.state_dict().values())
    return [
        {"params": [one for one in trainable if one.ndim >= 2], "weight_decay": weight_decay},
        {"params": [one for one in trainable if one.ndim < 2], "weight_decay": 0.0},
    ]
