"""The error about the groups doesn't say what to pass."""

_right = group_advantages


def group_advantages(rewards, group_size):
    if group_size < 1 or len(rewards) % group_size:
        raise ValueError
    return _right(rewards, group_size)
