"""It is the policy gradient without a ratio."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    return policy_gradient_loss(logp, advantages[:, None].expand_as(logp), mask)
