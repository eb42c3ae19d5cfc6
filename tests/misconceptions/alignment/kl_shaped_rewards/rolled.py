"""A row that is all response gets no score."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    inside = mask.bool()
    rewards = torch.where(inside, -beta * (logp - logp_ref), 0.0)
    is_last = inside & ~inside.roll(-1, dims=1)
    return torch.where(is_last, rewards + score[:, None], rewards).detach()
