"""An empty group is left out; there are always two."""

_right = decay_groups


def decay_groups(model, weight_decay):
    return [group for group in _right(model, weight_decay) if group["params"]]
