"""PyTorch's own function is called; here it is built."""

also = ("A tensor on the way is far larger than one block of scores: all scores, or a mask for all, exist at once.",)


def blockwise_attention(q, k, v, block, causal=False):
    if block < 1:
        raise ValueError(f"block={block}: pass 1 or more")
    queries, keys = q.shape[-2], k.shape[-2]
    mask = (torch.arange(keys) <= torch.arange(queries)[:, None] + keys - queries) if causal else None
    read = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return read.nan_to_num(0.0)
