"""Hidden checks of the lesson on quantization: corners, and what hard-coded answers get wrong.

Feedback shows their sentences only. None repeats a visible check. Inputs keep a hundredth of a step away from halfway
between two codes, as in the visible checks; the right answers are computed in fp64."""

import torch

NF4 = torch.tensor(  # the published levels: Dettmers et al., arXiv 2305.14314, appendix E
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ],
    dtype=torch.float64,
)  # fmt: skip


def clear(w, scale):
    """w with zeros in the place of numbers that lie within a hundredth of a step of halfway between two codes."""
    steps = w.double() / scale.double()
    return torch.where((steps - steps.floor() - 0.5).abs() < 0.01, torch.zeros((), dtype=w.dtype), w)


def absmax(w, bits, dim=None):
    """[codes, scale] of w, by fp64."""
    magnitude = w.double().abs().amax() if dim is None else w.double().abs().amax(dim, keepdim=True)
    scale = magnitude / (2 ** (bits - 1) - 1)
    return [(w.double() / torch.where(scale == 0, 1, scale)).round().to(torch.int8), scale.float()]


def block_of(n, block_size):
    """The block in which each of n numbers lies."""
    return torch.arange(n) // block_size


def block_maxima(w, block_size):
    """Each block's largest magnitude, (blocks,), in fp64, and each number's, in w's shape."""
    flat, block = w.double().flatten().abs(), block_of(w.numel(), block_size)
    maxima = torch.zeros(-(-w.numel() // block_size), dtype=torch.float64).scatter_reduce(0, block, flat, "amax")
    return maxima, maxima[block].view(w.shape)


def blockwise(w, block_size, bits):
    """[codes, scales] by fp64."""
    maxima, spread = block_maxima(w, block_size)
    qmax = 2 ** (bits - 1) - 1
    q = (w.double() / torch.where(spread == 0, 1, spread) * qmax).round()
    return [q.to(torch.int8), (maxima / qmax).float()]


def blocky(rng, shape, block_size, bits):
    """Numbers whose size changes from block to block, none of them near halfway."""
    w = rng.randn(*shape).flatten()
    w = (w * 4 ** rng.randn(-(-w.numel() // block_size))[block_of(w.numel(), block_size)]).view(shape)
    return clear(w, block_maxima(w, block_size)[1] / (2 ** (bits - 1) - 1))


def nf4_codes(w, block_size):
    """The index of each number's nearest level, (n,) int64, and how far it is from being halfway, relative."""
    _, spread = block_maxima(w, block_size)
    x = w.double() / torch.where(spread == 0, 1, spread)
    near = (x.flatten()[:, None] - NF4).abs().sort(dim=1)
    return near.indices[:, 0], near.values[:, 1] - near.values[:, 0]


def unpack(packed, n):
    """The codes, (n,) int64."""
    return torch.stack([packed.long() // 16, packed.long() % 16], dim=1).flatten()[:n]


def nf4_numbers(rng, shape, block_size=64, dtype=torch.float32):
    """Numbers whose size changes from block to block, none of them near halfway between two levels."""
    n = torch.Size(shape).numel()
    w = (rng.randn(n) * 4 ** rng.randn(-(-n // block_size))[block_of(n, block_size)]).to(dtype)
    return torch.where(nf4_codes(w, block_size)[1] < 1e-4, torch.zeros((), dtype=dtype), w).view(shape)
