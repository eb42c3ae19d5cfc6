"""The error about the reference doesn't say what to pass."""

_right = dpo_step


def dpo_step(policy, reference, batch, optimizer, beta):
    if reference is policy:
        raise ValueError
    return _right(policy, reference, batch, optimizer, beta)
