"""The old policy is ignored: every ratio is 1."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
