"""A model is left in another mode after the error; nothing may have changed."""

_right = dpo_step


def dpo_step(policy, reference, *others, **more):
    if policy is reference:
        policy.eval()
    return _right(policy, reference, *others, **more)
