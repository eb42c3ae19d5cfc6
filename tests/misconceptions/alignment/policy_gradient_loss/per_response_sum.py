"""It divides by the number of responses instead of the number of tokens."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    mask.sum().clamp(min=1)
    return (per_token * mask).sum(dim=1).mean()
