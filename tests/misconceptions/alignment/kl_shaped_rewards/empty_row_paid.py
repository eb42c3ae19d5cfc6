"""A row without response tokens gets its score somewhere."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    price = (-beta * (logp - logp_ref).detach()).masked_fill(mask == 0, 0.0)
    rows, columns = torch.arange(len(mask), device=mask.device), torch.arange(mask.shape[1], device=mask.device)
    last, _has_token = (columns * mask).amax(dim=1), mask.any(dim=1)
    score = score.detach()
    rewards = price
    rewards[rows, last] += score
    return rewards
