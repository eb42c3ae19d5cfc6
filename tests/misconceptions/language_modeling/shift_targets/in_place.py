"""shift_targets changes its input in place."""

_right = shift_targets


def shift_targets(ids):
    inputs, targets = _right(ids)
    inputs = inputs.clone()
    ids[:, :-1] = targets
    return inputs, ids[:, :-1]
