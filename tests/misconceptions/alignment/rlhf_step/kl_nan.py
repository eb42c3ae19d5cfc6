"""An infinite value where the mask is 0 makes the metric kl NaN; only response tokens count."""

_right, _shaped = rlhf_step, kl_shaped_rewards


def rlhf_step(*args, **options):
    global kl_shaped_rewards
    seen = []

    def noted(score, logp, logp_ref, beta, mask):
        seen.append(((logp - logp_ref) * mask).sum(dim=1).mean().item())
        return _shaped(score, logp, logp_ref, beta, mask)

    kl_shaped_rewards = noted
    try:
        metrics = _right(*args, **options)
    finally:
        kl_shaped_rewards = _shaped
    return {**metrics, "kl": seen[-1]}
