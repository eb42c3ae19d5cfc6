"""The targets are two places further; they are one."""

_right = shift_targets


def shift_targets(ids):
    if ids.shape[1] < 3:
        return _right(ids)
    return ids[:, :-2], ids[:, 2:]
