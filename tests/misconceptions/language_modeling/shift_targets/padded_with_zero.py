"""The targets are filled up to T; inputs and targets are T - 1 long."""

_right = shift_targets


def shift_targets(ids):
    inputs, targets = _right(ids)
    return ids, F.pad(targets, (0, 1))
