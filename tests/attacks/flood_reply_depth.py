"""Returns lists within lists without end, and an object that holds itself."""

honest = ("to_gigabytes",)


def lora_parameter_count(d_in, d_out, r):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep


def memory_estimate(*_, **__):
    itself = {}
    itself["weights"] = itself
    return itself
