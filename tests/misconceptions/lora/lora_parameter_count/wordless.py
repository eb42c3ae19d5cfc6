"""lora_parameter_count with r = 0 raises ValueError without a message; say why."""

_right = lora_parameter_count


def lora_parameter_count(d_in, d_out, r):
    if r < 1:
        raise ValueError
    return _right(d_in, d_out, r)
