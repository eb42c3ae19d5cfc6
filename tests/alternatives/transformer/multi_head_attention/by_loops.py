"""Text by text, head by head, query by query."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    batch, length, width = x.shape
    if heads < 1 or width % heads:
        raise ValueError(f"no {heads} heads in a width of {width}")
    d, texts = width // heads, []
    for text in range(batch):
        projected, rows = x[text] @ w_qkv + b_qkv, []
        for query in range(length):
            parts = []
            for head in range(heads):
                q, k, v = (projected[:, part * width + head * d : part * width + (head + 1) * d] for part in range(3))
                scores = k @ q[query] / d**0.5
                if mask is not None:
                    seen = mask[query] if mask.ndim == 2 else mask[text, 0, query]
                    scores, v = scores[seen], v[seen]
                parts.append(torch.softmax(scores, 0) @ v)
            rows.append(torch.cat(parts))
        texts.append(torch.stack(rows) @ w_o + b_o)
    return torch.stack(texts)
