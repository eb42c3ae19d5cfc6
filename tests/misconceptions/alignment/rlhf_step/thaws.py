"""A parameter of the policy that was frozen is trainable after the step."""

_right = rlhf_step


def rlhf_step(policy, reference, *others, **more):
    policy.requires_grad_(True)
    return _right(policy, reference, *others, **more)
