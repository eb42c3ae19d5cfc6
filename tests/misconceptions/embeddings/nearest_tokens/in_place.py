"""nearest_tokens changes its input in place."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    found = _right(table, token, k)
    table /= table.norm(dim=1, keepdim=True).clamp(min=1e-9)
    return found
