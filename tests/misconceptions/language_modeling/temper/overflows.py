"""Large logits overflow: exp without the row's largest subtracted."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    weights = (logits.float() / temperature).exp()
    return weights / weights.sum(dim=-1, keepdim=True)
