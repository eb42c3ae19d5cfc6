"""The temperature is ignored."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        return _right(logits, temperature)
    divided = _right(logits, 1) / temperature
    return divided / divided.sum(dim=-1, keepdim=True)
