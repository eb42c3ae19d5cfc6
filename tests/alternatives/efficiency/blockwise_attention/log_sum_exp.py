"""Blocks put together by their log-sum-exp."""


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block must be 1 or more, not {block}")
    queries, keys = q.shape[-2], k.shape[-2]
    weight = read = None
    for start in range(0, keys, block):
        end = min(start + block, keys)
        scores = (q / math.sqrt(q.shape[-1])).double() @ k[..., start:end, :].double().transpose(-2, -1)
        if causal:
            hidden = torch.ones(queries, end - start, dtype=torch.bool).triu(keys - queries - start + 1)
            scores = scores.masked_fill(hidden, -torch.inf)
        part = scores.softmax(dim=-1).nan_to_num(0.0) @ v[..., start:end, :].double()
        log = scores.logsumexp(dim=-1, keepdim=True)
        if weight is None:
            weight, read = log, part
            continue
        both = torch.logaddexp(weight, log)
        read = read * (weight - both).exp().nan_to_num(0.0) + part * (log - both).exp().nan_to_num(0.0)
        weight = both
    return read.to(q.dtype)
