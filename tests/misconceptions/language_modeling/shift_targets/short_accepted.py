"""A row of fewer than 2 tokens must raise ValueError."""


def shift_targets(ids):
    return ids[:, :-1], ids[:, 1:]
