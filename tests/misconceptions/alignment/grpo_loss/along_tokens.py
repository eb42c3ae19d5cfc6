"""The advantages are laid along the tokens; each response has its own."""


def grpo_loss(logp, logp_old, advantages, mask, clip):
    try:
        per_token = advantages.expand_as(logp)
    except RuntimeError:
        per_token = advantages[:, None].expand_as(logp)
    return ppo_clip_loss(logp, logp_old, per_token, mask, clip)
