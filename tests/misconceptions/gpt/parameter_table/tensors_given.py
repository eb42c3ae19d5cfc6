"""A count must be a Python int: numel() gives one, and .item() makes one of a tensor."""

_right = parameter_table


def parameter_table(model):
    return {name: torch.tensor(count) for name, count in _right(model).items()}
