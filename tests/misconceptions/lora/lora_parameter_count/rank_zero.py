"""lora_parameter_count with r = 0 must raise ValueError."""


def lora_parameter_count(d_in, d_out, r):
    return r * (d_in + d_out)
