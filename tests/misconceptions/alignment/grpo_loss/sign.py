"""The sign is wrong: an optimizer that goes downhill would make good tokens unlikely."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    return -ppo_clip_loss(logp, logp_old, advantages[:, None].expand_as(logp), mask, clip)
