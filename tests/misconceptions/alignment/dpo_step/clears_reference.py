"""A gradient that the reference had before the call is cleared."""

_right = dpo_step


def dpo_step(policy, reference, batch, optimizer, beta):
    if reference is not policy:
        reference.zero_grad()
    return _right(policy, reference, batch, optimizer, beta)
