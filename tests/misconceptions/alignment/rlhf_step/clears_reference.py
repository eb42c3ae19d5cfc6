"""A gradient that the reference had before the call is cleared."""

_right = rlhf_step


def rlhf_step(policy, reference, *others, **more):
    if reference is not policy:
        reference.zero_grad()
    return _right(policy, reference, *others, **more)
