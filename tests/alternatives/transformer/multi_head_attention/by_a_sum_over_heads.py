"""Each head through its own rows of w_o, added up; hidden scores far below all others."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    q, k, v = (split_heads(part, heads) for part in torch.split(x @ w_qkv + b_qkv, x.shape[-1], -1))
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), -1e9)
    weights = (scores - scores.amax(-1, keepdim=True).detach()).exp()
    found = weights / weights.sum(-1, keepdim=True) @ v
    return b_o + sum(found[:, head] @ rows for head, rows in enumerate(w_o.chunk(heads, dim=0)))
