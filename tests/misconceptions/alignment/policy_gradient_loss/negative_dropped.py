"""Negative advantages are dropped; those tokens must become less likely."""


def policy_gradient_loss(logp, advantages, mask):
    advantages = advantages.clamp(min=0)

    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
