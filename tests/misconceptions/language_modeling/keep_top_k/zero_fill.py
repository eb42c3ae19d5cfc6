"""What goes is 0, which leaves it likely; -inf makes it impossible."""

_right = keep_top_k


def keep_top_k(logits, k):
    found = _right(logits, k)
    return torch.where(found == -math.inf, 0.0, found).to(logits.dtype)
