"""It rescales the advantages; they are to be used as they come."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    real = advantages[mask == 1]
    if len(real) > 1:
        advantages = (advantages - real.mean()) / real.std()

    ratio = (logp - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
