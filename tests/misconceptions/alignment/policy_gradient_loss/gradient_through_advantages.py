"""A gradient flows into the advantages, which are data."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
