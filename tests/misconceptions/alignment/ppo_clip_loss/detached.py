"""What it returns has no graph, so nothing can be learned from it."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp.detach() - logp_old.detach()).exp()
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
