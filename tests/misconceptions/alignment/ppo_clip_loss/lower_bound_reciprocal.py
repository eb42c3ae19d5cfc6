"""The lower bound is 1 / (1 + clip); it is 1 - clip."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    ratio = (logp - logp_old.detach()).masked_fill(mask == 0, 0.0).exp()
    advantages = advantages.detach().masked_fill(mask == 0, 0.0)
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 / (1 + clip), 1 + clip) * advantages)
    return -objective.sum() / mask.sum().clamp(min=1)
