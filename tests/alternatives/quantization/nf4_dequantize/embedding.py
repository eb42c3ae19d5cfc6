"""The levels as a table of embeddings, and blocks as rows that are filled up."""


def nf4_dequantize(packed, absmax, shape, block_size=64):
    shape = tuple(shape)
    n = math_prod(shape)
    if packed.numel() != n // 2 + n % 2:
        raise ValueError(f"{packed.numel()} bytes do not hold {n} codes")
    if absmax.numel() != n // block_size + (n % block_size > 0):
        raise ValueError(f"{absmax.numel()} maxima do not belong to {n} numbers in blocks of {block_size}")
    codes = torch.empty(2 * packed.numel(), dtype=torch.long)
    codes[0::2], codes[1::2] = packed.long().div(16, rounding_mode="floor"), packed.long().remainder(16)
    values = nn.functional.embedding(codes[:n], torch.tensor(NF4_LEVELS)[:, None]).flatten()
    rows = torch.zeros(absmax.numel() * block_size)
    rows[:n] = values
    return (rows.view(absmax.numel(), block_size) * absmax[:, None]).flatten()[:n].reshape(shape)


def math_prod(sizes):
    import math

    return math.prod(sizes)
