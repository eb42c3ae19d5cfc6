"""The mean return is taken over the tokens, where long responses weigh more; it is that of the responses."""

_right, _loss = rlhf_step, ppo_clip_loss


def rlhf_step(*args, **options):
    global ppo_clip_loss
    ppo_clip_loss = lambda logp, old, advantages, mask, clip: _loss(  # noqa: E731
        logp, old, advantages - (advantages * mask).sum() / mask.sum(), mask, clip
    )
    try:
        return _right(*args, **options)
    finally:
        ppo_clip_loss = _loss
