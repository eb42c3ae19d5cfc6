"""The temperature 0 is rejected; only one below 0 is an error."""

_right = temper


def temper(logits, temperature):
    if temperature <= 0:
        raise ValueError(f"temperature={temperature}: pass more than 0")
    return _right(logits, temperature)
