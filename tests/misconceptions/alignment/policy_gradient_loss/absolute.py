"""It uses the size of the advantages without their sign."""


def policy_gradient_loss(logp, advantages, mask):
    advantages = advantages.abs()

    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
