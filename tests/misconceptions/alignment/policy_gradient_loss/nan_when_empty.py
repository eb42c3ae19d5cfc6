"""Without a response token the loss is NaN; it must be 0."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    count = mask.sum()
    return (per_token * mask).sum() / count
