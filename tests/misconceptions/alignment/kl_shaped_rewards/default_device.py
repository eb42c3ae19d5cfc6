"""It makes a tensor on torch's default device instead of that of its inputs, so it fails on a GPU."""


def kl_shaped_rewards(score, logp, logp_ref, beta, mask):
    last = (torch.arange(mask.shape[1]) * mask).amax(dim=1, keepdim=True)
    is_last = torch.zeros(mask.shape, dtype=logp.dtype).scatter(1, last, 1) * mask
    return ((-beta * (logp - logp_ref)).masked_fill(mask == 0, 0.0) + is_last * score[:, None]).detach()
