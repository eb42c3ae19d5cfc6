"""An infinite value where the mask is 0 makes the loss NaN; what stands there counts for nothing."""


def policy_gradient_loss(logp, advantages, mask):
    return (-logp * advantages.detach() * mask).sum() / mask.sum().clamp(min=1)
