"""The score is missing."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    price = -beta * (logp - logp_ref).detach() * mask
    _rows, columns = torch.arange(len(mask), device=mask.device), torch.arange(mask.shape[1], device=mask.device)
    _last, _has_token = (columns * mask).amax(dim=1), mask.any(dim=1)
    score = score.detach()
    return price
