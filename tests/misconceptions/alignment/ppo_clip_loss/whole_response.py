"""The ratio is that of the whole response; each token has its own."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (
        (((logp - logp_old.detach()) * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).exp()[:, None].expand_as(logp)
    )
    advantages = advantages.detach()
    bounded = ratio.clamp(1 - clip, 1 + clip)
    objective = torch.minimum(ratio * advantages, bounded * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
