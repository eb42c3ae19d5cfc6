"""Prompt and padding are counted: the mask is not used."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    mask.sum().clamp(min=1)
    return per_token.mean()
