"""Frozen parameters are put into the group that isn't decayed."""


def decay_groups(model, weight_decay):
    decayed = [one for one in model.parameters() if one.ndim >= 2 and one.requires_grad]
    rest = [one for one in model.parameters() if one.ndim < 2 or not one.requires_grad]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]
