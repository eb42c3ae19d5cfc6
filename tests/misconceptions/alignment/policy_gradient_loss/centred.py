"""It subtracts the mean of the advantages; they are to be used as they come."""


def policy_gradient_loss(logp, advantages, mask):
    advantages = advantages - advantages[mask == 1].mean()

    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
