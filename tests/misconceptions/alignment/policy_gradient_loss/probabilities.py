"""It uses probabilities; the gradient needs their logarithms."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp.exp() * advantages.detach()
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
