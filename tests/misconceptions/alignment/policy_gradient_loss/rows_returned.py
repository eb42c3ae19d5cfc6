"""It returns one loss per response; the loss is one number."""


def policy_gradient_loss(logp, advantages, mask):
    per_token = -logp * advantages.detach()
    mask.sum().clamp(min=1)
    return (per_token * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
