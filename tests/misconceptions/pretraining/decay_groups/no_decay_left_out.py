"""The second group is decayed like the first."""


def decay_groups(model, weight_decay):
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed, rest = [one for one in trainable if one.ndim >= 2], [one for one in trainable if one.ndim < 2]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": rest}]
