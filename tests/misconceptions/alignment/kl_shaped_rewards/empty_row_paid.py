"""A row without response tokens gets its score somewhere."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    price = -beta * (logp - logp_ref).detach() * mask
    rows, columns = torch.arange(len(mask)), torch.arange(mask.shape[1])
    last, _has_token = (columns * mask).amax(dim=1), mask.any(dim=1)
    score = score.detach()
    rewards = price
    rewards[rows, last] += score
    return rewards
