"""Returns a million values, and a dict whose keys all collide."""

honest = ("to_gigabytes",)
PRIME = (1 << 61) - 1  # what hashes of whole numbers are taken modulo of


def lora_parameter_count(d_in, d_out, r):
    return [None] * 1_000_000


def memory_estimate(*_, **__):
    return {PRIME * number: 0 for number in range(1_000)}
