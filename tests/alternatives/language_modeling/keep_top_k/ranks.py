"""How many are larger: a token with fewer than k above it stays."""


def keep_top_k(logits, k):
    if k < 1:
        raise ValueError(f"k is {k}: pass at least 1")
    above = (logits[..., None, :] > logits[..., :, None]).sum(dim=-1)
    kept = logits.clone()
    kept[above >= k] = -torch.inf
    return kept
