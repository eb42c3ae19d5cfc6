"""It divides by the number of responses instead of the number of tokens."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = advantages.detach()[:, None].expand_as(logp)
    ratio = (logp - logp_old.detach()).exp()
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    return -(objective * mask).sum(dim=1).mean()
