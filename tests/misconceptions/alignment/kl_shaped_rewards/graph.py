"""The rewards have a graph; they are data, and nothing is trained through them."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    price = -beta * (logp - logp_ref).masked_fill(mask == 0, 0.0)
    rows, columns = torch.arange(len(mask), device=mask.device), torch.arange(mask.shape[1], device=mask.device)
    last, has_token = (columns * mask).amax(dim=1), mask.any(dim=1)
    score = score
    rewards = price
    rewards[rows, last] += score * has_token
    return rewards
