"""The policy's gradient is another after the error; nothing may have changed."""

_right = rlhf_step


def rlhf_step(policy, reference, *others, **more):
    policy.zero_grad()
    return _right(policy, reference, *others, **more)
