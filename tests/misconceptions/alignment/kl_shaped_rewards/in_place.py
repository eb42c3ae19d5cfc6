"""kl_shaped_rewards changes its input in place."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    logp -= logp_ref
    rewards = -beta * logp.detach() * mask
    rows, last = torch.arange(len(mask)), (torch.arange(mask.shape[1]) * mask).amax(dim=1)
    rewards[rows, last] += score.detach() * mask.any(dim=1)
    return rewards
