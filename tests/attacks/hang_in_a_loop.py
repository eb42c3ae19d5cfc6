"""Computes for ever in one function."""

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    while True:
        pass
