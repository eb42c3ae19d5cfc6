"""The ratio is clipped from below only."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(min=1 - clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
