"""One token too many stays: with the one before it the sum had reached p."""

_right = keep_top_p


def keep_top_p(logits, p):
    _right(logits, p)
    if p == 1:
        return logits.clone()
    ordered, ids = logits.float().softmax(dim=-1).sort(dim=-1, descending=True)
    before = F.pad(ordered.cumsum(dim=-1)[..., :-2], (2, 0))
    keep = (before < p) | (torch.arange(logits.shape[-1]) < 2)
    return logits.masked_fill(~keep.scatter(-1, ids, keep), -math.inf)
