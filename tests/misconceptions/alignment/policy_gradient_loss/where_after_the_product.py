"""An infinite value where the mask is 0 makes the gradient NaN; what stands there counts for nothing."""


def policy_gradient_loss(logp, advantages, mask):
    return torch.where(mask == 1, -logp * advantages.detach(), 0.0).sum() / mask.sum().clamp(min=1)
