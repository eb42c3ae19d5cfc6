"""The advantages are standardised once more."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    advantages = (advantages - advantages.mean()) / advantages.std()
    return ppo_clip_loss(logp, logp_old, advantages[:, None].expand_as(logp), mask, clip)
