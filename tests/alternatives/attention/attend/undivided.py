"""Powers are averaged, and divided by their sum at the end."""


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    if mask is not None:
        if mask.dtype != torch.bool:
            raise TypeError(f"mask of {mask.dtype}")
        scores = scores.masked_fill(mask.logical_not(), -torch.inf)
    greatest = scores.amax(dim=-1, keepdim=True)
    powers = (scores - torch.where(greatest == -torch.inf, 0, greatest)).exp()
    total = powers.sum(dim=-1, keepdim=True)
    return (powers @ v) / torch.where(total == 0, 1, total)
