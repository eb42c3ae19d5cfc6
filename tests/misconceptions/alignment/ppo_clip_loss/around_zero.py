"""The ratio is clamped between -clip and clip; it lies around 1."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(-clip, clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
