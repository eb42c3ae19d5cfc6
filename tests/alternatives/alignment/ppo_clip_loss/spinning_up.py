"""As Spinning Up writes it: a bound that depends on the advantage's sign."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    with torch.no_grad():
        advantages = advantages.where(mask == 1, 0.0)
        bound = torch.where(advantages > 0, (1 + clip) * advantages, (1 - clip) * advantages)
        weights = mask.to(logp.dtype) / max(int(mask.sum()), 1)
    ratio = torch.exp((logp - logp_old.detach()).where(mask == 1, 0.0))
    return -(torch.minimum(ratio * advantages.detach(), bound) * weights).sum()
