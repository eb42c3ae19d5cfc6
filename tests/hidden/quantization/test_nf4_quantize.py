"""Hidden checks of `nf4_quantize`."""

import torch
from quantization_oracles import (
    NF4,
    block_of,
    expect_levels,
    expect_nf4,
    expect_nf4_of_a_view,
    expect_nf4_of_nothing,
    nf4_bf16_numbers,
    nf4_numbers,
    unpack,
)

from autograder.checks import exercise, fail


@exercise("nf4_quantize")
def test_the_published_error(student, rng):
    # bitsandbytes gives 0.072798 for N(0, 1) in blocks of 64. Over 16,384 numbers 200 seeds gave 0.0727 with a standard
    # deviation of 0.0006; six of these are 0.0036. int4 gives 0.091 here, FP4 0.096.
    expect_nf4(student, nf4_numbers(rng, (6, 20), 32), 32, "What nf4_quantize gives for a few numbers")
    w = rng.randn(128, 128)
    packed, maxima = student.nf4_quantize(w)
    if not isinstance(packed, torch.Tensor) or packed.numel() != 8192 or packed.dtype != torch.uint8:
        fail("The packed codes are not half as many bytes as there are numbers.")
    if not isinstance(maxima, torch.Tensor) or maxima.numel() != 256:
        fail("Without block_size, blocks are not 64 numbers long.")
    back = NF4[unpack(packed, 128 * 128)] * maxima.double()[block_of(128 * 128, 64)]
    error = float((back.view(w.shape) - w).abs().mean())
    if not abs(error - 0.072798) <= 0.0036:
        fail("The mean absolute error on normal numbers is not the one that is published for NF4.")


@exercise("nf4_quantize")
def test_no_numbers_in_nf4(student, rng):
    for shape in ((0, 5), (3, 0), (2, 0, 4)):
        expect_nf4_of_nothing(student, shape)
    expect_nf4(student, nf4_numbers(rng, (5, 13), 4), 4, "What nf4_quantize gives for a few numbers")


@exercise("nf4_quantize")
def test_other_dtypes_and_shapes_in_nf4(student, rng):
    for w, block_size in (
        (nf4_numbers(rng, (2, 3, 8), 7), 7),
        (nf4_bf16_numbers(rng, (20, 60), 64), 64),
        (nf4_numbers(rng, (4,), 9, torch.float64), 9),
    ):
        expect_nf4(student, w, block_size, "What nf4_quantize gives for another dtype or shape")


@exercise("nf4_quantize")
def test_numbers_beside_a_midpoint(student, rng):
    expect_nf4(student, nf4_numbers(rng, (6, 20), 32), 32, "What nf4_quantize gives for a few numbers")
    expect_levels(student, 1e-4, 2.0 ** rng.randint(-20, 20))
    expect_levels(student, 1e-5)


@exercise("nf4_quantize")
def test_a_view_is_packed_in_its_own_order(student, rng):
    expect_nf4_of_a_view(student, rng, (5, 6), 7)
