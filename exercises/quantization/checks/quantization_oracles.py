"""What the checks of quantization compare with: right answers in fp64, and inputs that have only one right answer.

A number halfway between two codes may be rounded either way, so the inputs drawn here keep away from halfway: by a
hundredth of a step, where fp32 arithmetic on codes up to 255 errs by less than 255 · 2**-22 = 0.0001 of one.
"""

from contextlib import contextmanager

import torch

from autograder.checks import StudentError, expect_error, fail

NF4 = torch.tensor(  # the published levels: Dettmers et al., arXiv 2305.14314, appendix E
    [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ],
    dtype=torch.float64,
)  # fmt: skip


def size_of(tensor):
    """Bytes of the tensor's elements."""
    return tensor.numel() * tensor.element_size()


# --- one scale per tensor, row or column ----------------------------------------------------------------------------


def qmax_of(bits):
    """The largest code: 127 for 8 bits, 7 for 4."""
    return 2 ** (bits - 1) - 1


def largest(w, dim=None):
    """max |w| in fp64, with dim kept."""
    w = w.double().abs()
    return w.amax() if dim is None else w.amax(dim, keepdim=True)


def quantize_with(w, scale):
    """[codes, scale] for a given scale that broadcasts against w: round(w / scale) in int8, the scale in fp32."""
    scale = scale.double()
    steps = w.double() / torch.where(scale == 0, 1.0, scale)
    return [steps.round().clamp(-128, 127).to(torch.int8), scale.float()]


def absmax(w, bits, dim=None):
    """[codes, scale] of absmax_quantize: scale = max |w| / qmax over dim, codes = round(w / scale)."""
    return quantize_with(w, largest(w, dim) / qmax_of(bits))


def without_ties(w, scale):
    """w with 0 for each number that lies within a hundredth of a step of halfway between two codes."""
    steps = w.double() / scale.double()
    return torch.where((steps - steps.floor() - 0.5).abs() < 0.01, torch.zeros((), dtype=w.dtype), w)


# --- a zero point ---------------------------------------------------------------------------------------------------


def range_with_zero(w):
    """min(min w, 0) and max(max w, 0), in fp64."""
    return w.double().min().clamp(max=0), w.double().max().clamp(min=0)


def shift_by(w, scale, zero):
    """[codes, scale, zero point] for a given scale and zero point: codes = round(w / scale) + zero point."""
    codes = ((w.double() / scale).round() + zero).clamp(-128, 127)
    return [codes.to(torch.int8), scale.float(), zero.to(torch.int32)]


def zero_point(w):
    """[codes, scale, zero point] of zero_point_quantize: scale = range / 255, zero = round(-128 - low / scale)."""
    low, high = range_with_zero(w)
    scale = (high - low) / 255
    return shift_by(w, scale, (-128 - low / scale).round().clamp(-128, 127))


def without_zero_point_ties(rng, w):
    """w without ties, drawn again until its zero point is none either."""
    while True:
        low, high = range_with_zero(w)
        scale = (high - low) / 255
        zero = -128 - low / scale
        if abs(zero - zero.floor() - 0.5) > 0.01:
            kept = without_ties(w, scale)
            if kept.min() == w.min() and kept.max() == w.max():
                return kept
        w = (w.float() + 0.1 * rng.randn(*w.shape)).to(w.dtype)


def as_zero_point(result):
    """What zero_point_quantize returned, with a zero point of any integer kind as an int32 tensor of shape ()."""
    if isinstance(result, (list, tuple)) and len(result) == 3:
        q, scale, zero = result
        if isinstance(zero, int) and not isinstance(zero, bool):
            zero = torch.tensor(zero)
        if isinstance(zero, torch.Tensor) and not zero.is_floating_point() and zero.numel() == 1:
            zero = zero.reshape(()).to(torch.int32)
        return [q, scale, zero]
    return result


# --- a scale per block ----------------------------------------------------------------------------------------------


def block_count(n, block_size):
    """How many blocks n numbers make; the last may be shorter."""
    return -(-n // block_size)


def block_of(n, block_size):
    """The index of the block in which each of n numbers lies, (n,)."""
    return torch.arange(n) // block_size


def block_maxima(w, block_size):
    """Each block's max |w|, (blocks,), and each number's, in w's shape; both in fp64."""
    flat, block = w.double().flatten().abs(), block_of(w.numel(), block_size)
    maxima = torch.zeros(block_count(w.numel(), block_size), dtype=torch.float64)
    maxima = maxima.scatter_reduce(0, block, flat, "amax")
    return maxima, maxima[block].view(w.shape)


def blockwise(w, block_size, bits):
    """[codes, scales] of blockwise_quantize: scale = max |w| of the block / qmax, codes = round(w / scale)."""
    maxima, spread = block_maxima(w, block_size)
    codes, _ = quantize_with(w, spread / qmax_of(bits))
    return [codes, (maxima / qmax_of(bits)).float()]


def blockwise_back(codes, scales, block_size):
    """The numbers that codes stand for, code · scale of its block, fp64 in the shape of the codes."""
    spread = scales.double()[block_of(codes.numel(), block_size)]
    return codes.double() * spread.view(codes.shape)


def scale_blocks(rng, w, block_size):
    """w with each block times a random factor, so that blocks differ in size."""
    factors = 4 ** rng.randn(block_count(w.numel(), block_size))
    return (w.flatten() * factors[block_of(w.numel(), block_size)]).view(w.shape)


def without_block_ties(w, block_size, bits):
    """w with 0 for each number near halfway between two codes of its block."""
    return without_ties(w, block_maxima(w, block_size)[1] / qmax_of(bits))


def numbers_in_blocks(rng, shape, block_size, bits):
    """Numbers whose size changes from block to block and from row to row, without ties."""
    w = rng.randn(*shape) * 4 ** rng.randn(shape[0], *[1] * (len(shape) - 1))
    return without_block_ties(scale_blocks(rng, w, block_size), block_size, bits)


# --- NF4 ------------------------------------------------------------------------------------------------------------


def normalised(w, block_size):
    """Each number divided by its block's max |w|, (n,) fp64; 0 in a block of zeros."""
    spread = block_maxima(w, block_size)[1].flatten()
    return w.double().flatten() / torch.where(spread == 0, 1.0, spread)


def nearest_level(x, levels=NF4):
    """The index of the level nearest to each number of x, int64."""
    return torch.bucketize(x, (levels[1:] + levels[:-1]) / 2)


def nf4_codes(w, block_size=64):
    """The code of each number, (n,) int64: the index of the nearest level to w / max |w| of the block."""
    return nearest_level(normalised(w, block_size))


def in_nf4(w, block_size=64):
    """w, quantized to NF4 and back, fp32: level · max |w| of the block."""
    return (NF4[nf4_codes(w, block_size)].view(w.shape) * block_maxima(w, block_size)[1]).float()


def pack(codes):
    """Two codes a byte, the first in the high half, uint8; an odd one's partner is 0."""
    codes = torch.cat([codes, codes.new_zeros(len(codes) % 2)])
    return (16 * codes[0::2] + codes[1::2]).to(torch.uint8)


def unpack(packed, n):
    """The codes, (n,) int64."""
    return torch.stack([packed.long() // 16, packed.long() % 16], dim=1).flatten()[:n]


def nf4(w, block_size=64):
    """[packed, absmax] of nf4_quantize."""
    return [pack(nf4_codes(w, block_size)), block_maxima(w, block_size)[0].float()]


def distance_to_midpoint(x):
    """How much nearer the nearest level is than the second nearest, twice the distance to the midpoint of the two."""
    midpoints = torch.nn.functional.pad((NF4[1:] + NF4[:-1]) / 2, (1, 1), value=torch.inf)
    codes = nearest_level(x)
    return 2 * torch.minimum((x - midpoints[codes]).abs(), (x - midpoints[codes + 1]).abs())


def nf4_numbers(rng, shape, block_size=64, dtype=torch.float32):
    """Numbers whose size changes from block to block, none of them near halfway between two levels."""
    w = scale_blocks(rng, rng.randn(torch.Size(shape).numel()), block_size).to(dtype)
    tie = distance_to_midpoint(normalised(w, block_size)) < 1e-4
    return w.masked_fill(tie, 0).view(shape)


# --- the KV cache ---------------------------------------------------------------------------------------------------


def kv_cache(keys, values, bits, key_dim=-2, value_dim=-1):
    """What quantize_kv_cache returns for keys and values (B, H, T, D); a scale is shared along the given dims."""
    key_codes, key_scales = absmax(keys, bits, key_dim)  # (B, H, T, D), (B, H, 1, D)
    value_codes, value_scales = absmax(values, bits, value_dim)  # (B, H, T, D), (B, H, T, 1)
    codes = {"keys": key_codes, "values": value_codes}
    scales = {"key_scales": key_scales, "value_scales": value_scales}
    code_bytes = -(-bits * sum(one.numel() for one in codes.values()) // 8)  # a byte that is begun counts
    return codes | scales | {"bytes": code_bytes + 4 * sum(one.numel() for one in scales.values())}


def keys_and_values(rng, shape, bits, dtype=torch.float32):
    """Keys with large channels, values with large tokens, (B, H, T, D), without ties on their right axes."""
    keys = (rng.randn(*shape) * 5 ** rng.randn(*shape[:2], 1, shape[3])).to(dtype)
    values = (rng.randn(*shape) * 5 ** rng.randn(*shape[:3], 1)).to(dtype)
    return without_ties(keys, absmax(keys, bits, -2)[1]), without_ties(values, absmax(values, bits, -1)[1])
