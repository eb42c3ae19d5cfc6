"""Each parameter is a group of its own; there are two groups."""


def decay_groups(model, weight_decay):
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]

    return [{"params": [one], "weight_decay": weight_decay if one.ndim >= 2 else 0.0} for one in trainable]
