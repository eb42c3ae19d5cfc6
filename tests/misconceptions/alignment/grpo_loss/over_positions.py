"""The mean is taken over all positions, prompt and padding included, instead of the response tokens."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = advantages.detach()[:, None].expand_as(logp)
    ratio = (logp - logp_old.detach()).exp()
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages)
    return -(objective * mask).mean()
