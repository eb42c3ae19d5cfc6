"""The last token is where the count of the mask from the right is 1."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    from_right = mask.flip(1).cumsum(dim=1).flip(1)
    is_last = (from_right == 1) & mask.bool()
    shaped = (score[:, None] * is_last - beta * (logp - logp_ref)).where(mask.bool(), torch.zeros_like(logp))
    return shaped.data
