"""The rank 1 is rejected; only an r below 1 is an error."""

_right = lora_parameter_count


def lora_parameter_count(d_in, d_out, r):
    if r <= 1:
        raise ValueError("r must be greater than 1")
    return _right(d_in, d_out, r)
