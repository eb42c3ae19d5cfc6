"""The advantages are not used."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
