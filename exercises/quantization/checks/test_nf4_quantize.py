"""Checks of `nf4_quantize`."""

import torch
from quantization_oracles import NF4, block_maxima, block_of, nf4_codes, nf4_numbers, unpack

from autograder.checks import exercise, expect_equal, fail


def pack(codes):
    """Two codes a byte, the first in the high half; an odd one's partner is 0."""
    codes = torch.cat([codes, codes.new_zeros(len(codes) % 2)])
    return (16 * codes[0::2] + codes[1::2]).to(torch.uint8)


def masked(packed, n):
    """packed with zero in the half byte that an odd number of codes leaves over."""
    if (
        not isinstance(packed, torch.Tensor)
        or packed.dtype != torch.uint8
        or packed.numel() != -(-n // 2)
        or n % 2 == 0
    ):
        return packed
    packed = packed.clone()
    packed[-1] &= 240
    return packed


def expect_nf4(student, w, block_size, what):
    """Compare nf4_quantize with the nearest levels, and with what mistakes would give."""
    n, maxima = w.numel(), block_maxima(w, block_size)[0].float()
    codes, _ = nf4_codes(w, block_size)
    result = student.nf4_quantize(w, block_size)
    if isinstance(result, (list, tuple)) and len(result) == 2:
        result = [masked(result[0], n), result[1]]
    half = -(-n // 2)
    even = torch.cat([codes, codes.new_zeros(n % 2)])
    whole_tensor = w.double().abs().max()
    below = (torch.where(block_maxima(w, block_size)[1] == 0, 1, block_maxima(w, block_size)[1])).flatten()
    x = w.double().flatten() / below
    signed = torch.zeros(len(maxima), dtype=torch.float64).scatter_reduce(
        0, block_of(n, block_size), w.double().flatten(), "amax", include_self=False
    )
    uniform = torch.linspace(-1, 1, 16, dtype=torch.float64)

    def packed(codes):
        return masked(pack(codes), n)

    expect_equal(
        result,
        [pack(codes), maxima],
        what=what,
        mistakes={
            "The halves of each byte are swapped; the first code goes into the high half.": lambda: [
                masked((even[0::2] + 16 * even[1::2]).to(torch.uint8), n),
                maxima,
            ],
            "The first half of all codes is packed with the second half; neighbours share a byte.": lambda: [
                masked((16 * even[:half] + even[half:]).to(torch.uint8), n),
                maxima,
            ],
            "The largest magnitude is taken over the whole tensor, not over each block.": lambda: [
                packed(nf4_codes(w, block_size, magnitude=whole_tensor)[0]),
                whole_tensor.float().expand(len(maxima)).contiguous(),
            ],
            "A single largest magnitude serves the whole tensor.": lambda: [
                packed(nf4_codes(w, block_size, magnitude=whole_tensor)[0]),
                whole_tensor.float().reshape(1),
            ],
            "The levels are evenly spaced; those of NF4 lie closer together near zero.": lambda: [
                packed(nf4_codes(w, block_size, uniform)[0]),
                maxima,
            ],
            "The codes are those of int4, not of NF4.": lambda: [packed((x * 7).round().long() + 8), maxima],
            "The code is that of the level below, not of the nearest one.": lambda: [
                packed((x[:, None] >= NF4).sum(1) - 1),
                maxima,
            ],
            "The code is that of the level above, not of the nearest one.": lambda: [
                packed((x[:, None] > NF4.clamp(max=1 - 1e-9)).sum(1).clamp(max=15)),
                maxima,
            ],
            "The block maxima are divided by 7; the levels reach 1, so nothing is divided.": lambda: [
                pack(codes),
                maxima / 7,
            ],
            "Each code takes a whole byte; two go into one.": lambda: [codes.to(torch.uint8), maxima],
            "The sign is lost: magnitudes are quantized.": lambda: [packed(nf4_codes(w.abs(), block_size)[0]), maxima],
            "The largest number of a block is taken, not the largest magnitude.": lambda: [
                packed(nf4_codes(w, block_size, magnitude=signed[block_of(n, block_size)].view(w.shape))[0]),
                signed.float(),
            ],
            "The signs are turned round: the codes count from the largest level down.": lambda: [
                packed(15 - codes),
                maxima,
            ],
        },
        advice="Divide a block by its largest magnitude, take the nearest level's index, pack 16 · first + second.",
    )


@exercise("nf4_quantize")
def test_the_docstrings_two_bytes(student):
    w = torch.tensor([0.5, -1.0, 0.0, 2.0])
    expect_nf4(student, w, 4, "What nf4_quantize gives for the docstring's numbers")


@exercise("nf4_quantize", points=2)
def test_the_nearest_of_sixteen_levels(student, rng):
    shape, block_size = rng.choice([(8, 15), (6, 21)]), rng.choice([16, 26])
    expect_nf4(student, nf4_numbers(rng, shape, block_size), block_size, "What nf4_quantize gives")


@exercise("nf4_quantize")
def test_an_odd_number_in_short_blocks(student, rng):
    expect_nf4(student, nf4_numbers(rng, (13,), 5), 5, "What nf4_quantize gives for 13 numbers in blocks of 5")


@exercise("nf4_quantize")
def test_a_block_of_zeros(student, rng):
    w = nf4_numbers(rng, (24,), 8)
    w[8:16] = 0
    packed, maxima = student.nf4_quantize(w, 8)
    if not isinstance(maxima, torch.Tensor) or not maxima.isfinite().all() or maxima[1] != 0:
        fail("The largest magnitude of a block of zeros is not 0.", expected=0.0, got=maxima)
    if unpack(packed[4:8], 8).tolist() != [7] * 8:
        fail(
            "The codes of a block of zeros are not 7, the level that is zero.",
            expected=[7] * 8,
            got=unpack(packed[4:8], 8).tolist(),
            advice="Divide by 1 where the largest magnitude is 0: 0 / 0 is not a number.",
        )
    expect_nf4(student, w, 8, "What nf4_quantize gives beside a block of zeros")
