"""Blocks of queries as well, and what lies ahead isn't computed."""


def blockwise_attention(q, k, v, block, causal=False):
    if block <= 0:
        raise ValueError(f"{block} keys at a time are none")
    ahead, keys = k.shape[-2] - q.shape[-2], k.shape[-2]
    rows = []
    for first, queries in enumerate(q.split(block, dim=-2)):
        positions = torch.arange(first * block, first * block + queries.shape[-2]) + ahead
        state = None
        for start in range(0, keys, block):
            if causal and start > positions[-1] and state is not None:
                break
            some = slice(start, start + block)
            scores = queries.matmul(k[..., some, :].mT) * q.shape[-1] ** -0.5
            if causal:
                scores[..., torch.arange(keys)[some] > positions[:, None]] = -torch.inf
            state = online_softmax(state, scores, v[..., some, :])
        rows.append(torch.where(state[1][..., None] > 0, state[2] / state[1][..., None], 0.0))
    return torch.cat(rows, dim=-2).to(q.dtype)
