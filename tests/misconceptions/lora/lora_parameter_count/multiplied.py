"""It multiplies d_in by d_out; A and B are stored side by side, not multiplied out."""


def lora_parameter_count(d_in, d_out, r):
    if r < 1:
        raise ValueError("r must be 1 or more")
    return r * d_in * d_out
