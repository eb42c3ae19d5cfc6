"""Row by row, over the keys that are seen."""


def attention_weights(scores, mask=None):
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    elif mask.dtype != torch.bool:
        raise TypeError(f"the mask's dtype is {mask.dtype}")
    rows = scores.reshape(-1, scores.shape[-1])
    weights = []
    for row, seen in zip(rows, mask.expand(scores.shape).reshape(rows.shape), strict=True):
        mine = torch.zeros_like(row)
        weights.append(mine.masked_scatter(seen, safe_softmax(row[seen])) if seen.any() else mine * 0)
    return torch.stack(weights).view(scores.shape)
