"""It is the policy gradient without a ratio."""


def ppo_clip_loss(logp, logp_old, advantages, mask, clip):
    return -(logp * advantages.detach() * mask).sum() / mask.sum().clamp(min=1)
