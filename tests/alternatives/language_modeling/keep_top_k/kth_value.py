"""kthvalue from below."""


def keep_top_k(logits, k):
    if k <= 0:
        raise ValueError("k must be positive")
    size = logits.size(-1)
    if k >= size:
        return logits.clone()
    bound = logits.float().kthvalue(size - k + 1, dim=-1, keepdim=True).values
    return torch.where(logits.float() >= bound, logits, torch.full_like(logits, float("-inf")))
