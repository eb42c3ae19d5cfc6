"""A parameter of the policy that was frozen is trainable after the step."""

_right = dpo_step


def dpo_step(policy, reference, batch, optimizer, beta):
    policy.requires_grad_(True)
    return _right(policy, reference, batch, optimizer, beta)
