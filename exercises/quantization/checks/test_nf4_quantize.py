"""Checks of `nf4_quantize`."""

import torch
from quantization_oracles import (
    NF4,
    block_maxima,
    block_of,
    nearest_level,
    nf4,
    nf4_codes,
    nf4_numbers,
    normalised,
    pack,
    unpack,
)

from autograder.checks import StudentError, exercise, expect_equal, expect_error, fail

UNIFORM = torch.linspace(-1, 1, 16, dtype=torch.float64)


def without_spare_half(packed, n):
    """packed with 0 in the half byte that an odd number of codes leaves over."""
    bytes_needed = -(-n // 2)
    if not isinstance(packed, torch.Tensor) or packed.dtype != torch.uint8 or packed.numel() != bytes_needed:
        return packed
    if n % 2 == 0:
        return packed
    packed = packed.clone()
    packed[-1] &= 240
    return packed


def signed_maxima(w, block_size):
    """Each block's largest number, whose sign counts, (blocks,), in fp64."""
    flat = w.double().flatten()
    maxima = torch.zeros(len(block_maxima(w, block_size)[0]), dtype=torch.float64)
    return maxima.scatter_reduce(0, block_of(len(flat), block_size), flat, "amax", include_self=False)


def nf4_mistakes(w, block_size):
    """Sentence → [packed, absmax] that the mistake gives for w."""
    n, maxima = w.numel(), block_maxima(w, block_size)[0].float()
    x, codes = normalised(w, block_size), nf4_codes(w, block_size)
    even = torch.cat([codes, codes.new_zeros(n % 2)])
    first_half, second_half = even.chunk(2)
    tensor_max = w.double().abs().max()
    tensor_codes = nearest_level(w.double().flatten() / tensor_max)
    signed = signed_maxima(w, block_size)
    signed_codes = nearest_level(w.double().flatten() / signed.where(signed != 0, 1.0)[block_of(n, block_size)])
    packings = {
        "The halves of each byte are swapped; the first code goes into the high half.": (
            even[0::2] + 16 * even[1::2]
        ).to(torch.uint8),
        "The first half of all codes is packed with the second half; neighbours share a byte.": (
            16 * first_half + second_half
        ).to(torch.uint8),
    }
    other_codes = {
        "The levels are evenly spaced; those of NF4 lie closer together near zero.": nearest_level(x, UNIFORM),
        "The codes are those of int4, not of NF4.": (x * 7).round().long() + 8,
        "The code is that of the level below, not of the nearest one.": (x[:, None] >= NF4).sum(1) - 1,
        "The code is that of the level above, not of the nearest one.": (
            (x[:, None] > NF4.clamp(max=1 - 1e-9)).sum(1).clamp(max=15)
        ),
        "The sign is lost: magnitudes are quantized.": nearest_level(x.abs()),
        "The codes count the levels from the largest down; code 0 is the lowest level.": 15 - codes,
    }
    return {
        **{sentence: [without_spare_half(packed, n), maxima] for sentence, packed in packings.items()},
        **{sentence: [without_spare_half(pack(wrong), n), maxima] for sentence, wrong in other_codes.items()},
        "The largest magnitude is taken over the whole tensor, not over each block.": [
            without_spare_half(pack(tensor_codes), n),
            tensor_max.float().repeat(len(maxima)),
        ],
        "A single largest magnitude serves the whole tensor.": [
            without_spare_half(pack(tensor_codes), n),
            tensor_max.float().reshape(1),
        ],
        "The block maxima are divided by 7; the levels reach 1, so nothing is divided.": [pack(codes), maxima / 7],
        "Each code takes a whole byte; two go into one.": [codes.to(torch.uint8), maxima],
        "The largest number of a block is taken, not the largest magnitude.": [
            without_spare_half(pack(signed_codes), n),
            signed.float(),
        ],
        **(
            {"The numbers are taken down the columns; they go along the rows.": nf4(w.T, block_size)}
            if w.ndim == 2
            else {}
        ),
    }


def expect_nf4(student, w, block_size, what):
    """Compare nf4_quantize of w with the nearest levels, and with what mistakes would give."""
    result = student.nf4_quantize(w, block_size)
    if isinstance(result, (list, tuple)) and len(result) == 2:
        result = [without_spare_half(result[0], w.numel()), result[1]]
    expect_equal(
        result,
        nf4(w, block_size),
        what=what,
        mistakes=nf4_mistakes(w, block_size),
        advice="Divide a block by its largest magnitude, take the nearest level's index, pack 16 · first + second.",
    )


@exercise("nf4_quantize")
def test_nf4_quantize_docstring_example(student):
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
    codes = unpack(packed[4:8], 8).tolist()
    if codes != [7] * 8:
        fail(
            "The codes of a block of zeros are not 7, the level that is zero.",
            expected=[7] * 8,
            got=codes,
            advice="Divide by 1 where the largest magnitude is 0: 0 / 0 is not a number.",
        )
    expect_nf4(student, w, 8, "What nf4_quantize gives beside a block of zeros")


@exercise("nf4_quantize")
def test_blocks_of_one_number_and_of_less(student, rng):
    for block_size in (0, -1):
        with expect_error("ValueError", what=f"nf4_quantize with block_size={block_size}", explained=True):
            student.nf4_quantize(torch.tensor([0.5, -1.0, 0.0, 2.0]), block_size)
    w = nf4_numbers(rng, (6,), 1)
    try:
        student.nf4_quantize(w, 1)
    except StudentError as error:
        fail("nf4_quantize rejects block_size=1; only less than 1 is an error.", got=str(error))
    expect_nf4(student, w, 1, "What nf4_quantize gives for blocks of one number")
