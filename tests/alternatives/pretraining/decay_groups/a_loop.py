"""One pass over names, into two lists."""


def decay_groups(model, weight_decay):
    decayed, rest = [], []
    for _name, parameter in model.named_parameters():
        if parameter.requires_grad:
            (decayed if parameter.dim() > 1 else rest).append(parameter)
    return [dict(params=decayed, weight_decay=weight_decay), dict(params=rest, weight_decay=0.0)]
