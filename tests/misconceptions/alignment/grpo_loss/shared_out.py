"""The advantage is shared out among the tokens; each gets all of it."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    each = advantages / mask.sum(dim=1).clamp(min=1)
    return ppo_clip_loss(logp, logp_old, each[:, None].expand_as(logp), mask, clip)
