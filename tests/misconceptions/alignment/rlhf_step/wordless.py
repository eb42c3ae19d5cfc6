"""The error about the reference doesn't say what to pass."""

_right = rlhf_step


def rlhf_step(policy, reference, *others, **more):
    if reference is policy:
        raise ValueError
    return _right(policy, reference, *others, **more)
