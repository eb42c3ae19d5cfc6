"""The sign is wrong: an optimizer that goes downhill would make good tokens unlikely."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    return -(per_token * mask).sum() / count
