"""Checks of the lesson on quantization. Run them with `pytest exercises/quantization`.

Numbers that lie halfway between two codes may be rounded either way, so the inputs drawn here keep away from halfway:
by a hundredth of a step, where fp32 arithmetic on codes up to 255 errs by less than 255 · 2**-22 = 0.0001 of one.
The right answers are computed here in fp64 and number by number, not with a copy of the solution."""

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


def largest(w, dim=None):
    """The largest magnitude, with dim kept, in fp64."""
    w = w.double().abs()
    return w.amax() if dim is None else w.amax(dim, keepdim=True)


def absmax(w, bits, dim=None, rounding=torch.round, qmax=None, magnitude=largest, clamped=False):
    """[codes, scale] of w, by fp64. The last four arguments make the mistakes."""
    most = 2 ** (bits - 1) - 1
    scale = magnitude(w, dim) / (qmax or most)
    if rounding is not torch.round:  # what lies just below a whole number there doesn't lie below it in fp64
        steps = rounding(w.float() / scale.float())
    else:
        steps = (w.double() / scale).round()
    return [steps.clamp(-most if clamped else -128, most if clamped else 127).to(torch.int8), scale.float()]


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
    """Numbers whose size changes from block to block and from row to row, none of them near halfway."""
    w = rng.randn(*shape) * 4 ** rng.randn(shape[0], *[1] * (len(shape) - 1))
    w = w.flatten() * 4 ** rng.randn(-(-w.numel() // block_size))[block_of(w.numel(), block_size)]
    w = w.view(shape)
    return clear(w, block_maxima(w, block_size)[1] / (2 ** (bits - 1) - 1))


def nf4_codes(w, block_size, levels=NF4, magnitude=None):
    """The index of each number's nearest level, (n,) int64, and how far it is from being halfway, relative."""
    maxima, spread = block_maxima(w, block_size)
    spread = spread if magnitude is None else magnitude
    x = w.double() / torch.where(spread == 0, 1, spread)
    x, halfway = x.flatten(), (levels[1:] + levels[:-1]) / 2
    codes = torch.bucketize(x, halfway)
    edges = torch.nn.functional.pad(halfway, (1, 1), value=torch.inf)
    return codes, 2 * torch.minimum((x - edges[codes]).abs(), (x - edges[codes + 1]).abs())


def unpack(packed, n):
    """The codes, (n,) int64, one by one."""
    return torch.tensor([half for byte in packed.tolist() for half in (byte // 16, byte % 16)][:n], dtype=torch.int64)


def nf4_numbers(rng, shape, block_size):
    """Numbers whose size changes from block to block, none of them near halfway between two levels."""
    n = torch.Size(shape).numel()
    w = rng.randn(n) * 4 ** rng.randn(-(-n // block_size))[block_of(n, block_size)]
    return torch.where(nf4_codes(w, block_size)[1] < 1e-4, 0.0, w).view(shape)


def size_of(tensor):
    return tensor.numel() * tensor.element_size()
