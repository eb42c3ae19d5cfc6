"""A gradient flows into the advantages, which are data."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = advantages[:, None].expand_as(logp)
    ratio = (logp - logp_old.detach()).exp()
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    return -(objective * mask).sum() / mask.sum().clamp(min=1)
