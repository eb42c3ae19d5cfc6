"""Nothing is clipped."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    objective = ratio * advantages
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
