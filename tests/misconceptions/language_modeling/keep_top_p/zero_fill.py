"""What goes is 0, which leaves it likely; -inf makes it impossible."""

_right = keep_top_p


def keep_top_p(logits, p):
    found = _right(logits, p)
    return torch.where(found == -math.inf, 0.0, found).to(logits.dtype)
