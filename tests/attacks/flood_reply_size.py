"""Returns more bytes than an answer may hold, and just as many as it may."""

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    if r == 0:
        return bytes(100 << 20)
    return "x" * 3_000_000 if r < 0 else torch.zeros(15 << 20)
