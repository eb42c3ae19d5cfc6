"""Functions in a table."""


def attention_bytes(tokens, heads, bits, stored):
    numbers = {"scores": tokens * tokens, "statistics": 2 * tokens}
    if stored not in numbers:
        raise ValueError(f"{stored!r} is not one of {list(numbers)}")
    each = bits / 8 if stored == "scores" else torch.finfo(torch.float32).bits // 8
    return each * heads * numbers[stored]
