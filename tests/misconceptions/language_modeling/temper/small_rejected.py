"""A temperature above 0 is rejected; only one below 0 is an error."""

_right = temper


def temper(logits, temperature):
    if 0 < temperature < 0.5 or temperature > 1:
        raise ValueError(f"temperature={temperature}: pass 0.5 to 1")
    return _right(logits, temperature)
