"""A model is left in another mode after the error; nothing may have changed."""

_right = rlhf_step


def rlhf_step(policy, reference, *others, **more):
    if policy is reference:
        policy.eval()
    return _right(policy, reference, *others, **more)
