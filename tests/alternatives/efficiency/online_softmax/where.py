"""Rows without a key by torch.where, old and new by logaddexp's way."""


def online_softmax(state, scores, values):
    dtype = torch.promote_types(scores.dtype, torch.float32)
    scores, values = scores.to(dtype), values.to(dtype)
    if state is None:
        rows = scores.shape[:-1]
        state = scores.new_full(rows, -math.inf), scores.new_zeros(rows), scores.new_zeros(*rows, values.shape[-1])
    m, summed, o = state
    top = torch.max(m, scores.max(dim=-1).values)
    seen = top > -math.inf
    safe = torch.where(seen, top, 0)
    old = torch.where(m > -math.inf, torch.exp(m - safe), 0)
    p = torch.where(scores > -math.inf, torch.exp(scores - safe.unsqueeze(-1)), 0)
    summed = summed * old + torch.einsum("...qk->...q", p)
    return top, summed, o * old.unsqueeze(-1) + torch.einsum("...qk,...kd->...qd", p, values)
