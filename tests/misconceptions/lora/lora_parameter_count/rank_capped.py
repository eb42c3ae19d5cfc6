"""It caps the rank at the smaller side; the layer does not."""

_right = lora_parameter_count


def lora_parameter_count(d_in, d_out, r):
    return _right(d_in, d_out, min(r, d_in, d_out))
