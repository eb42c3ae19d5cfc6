"""A row of fewer than 2 tokens raises ValueError without a message; say why."""

_right = shift_targets


def shift_targets(ids):
    if ids.shape[1] < 2:
        raise ValueError
    return _right(ids)
