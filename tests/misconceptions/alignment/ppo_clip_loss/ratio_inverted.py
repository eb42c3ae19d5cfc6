"""The ratio is upside down: it must be new over old."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp_old.detach() - logp).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
