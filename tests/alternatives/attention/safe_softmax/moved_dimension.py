"""With the dimension moved to the end, and sums of at least 1."""


def safe_softmax(scores, dim=-1):
    rows = scores.movedim(dim, -1)
    top = rows.max(dim=-1, keepdim=True).values.clamp(min=torch.finfo(rows.dtype).min)
    powers = torch.exp(rows - top)
    return (powers / powers.sum(dim=-1, keepdim=True).clamp(min=1)).movedim(-1, dim)
