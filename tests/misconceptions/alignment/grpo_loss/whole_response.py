"""The ratio is that of the whole response; each token has its own."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = advantages.detach()[:, None].expand_as(logp)
    mean = ((logp - logp_old.detach()) * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    ratio = mean.exp()[:, None].expand_as(logp)
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
