"""Hidden checks of `nf4_quantize`."""

import torch
from quantization_oracles import NF4, block_maxima, block_of, nf4, nf4_numbers, pack, unpack

from autograder.checks import StudentError, exercise, expect_equal, fail, probe


@probe
def nf4_of_a_view(student, w, block_size):
    """nf4_quantize of w's transpose."""
    return student.nf4_quantize(w.T, block_size)


@exercise("nf4_quantize")
def test_the_published_error(student, rng):
    # bitsandbytes gives 0.072798 for N(0, 1) in blocks of 64. Over 16,384 numbers 200 seeds gave 0.0727 with a standard
    # deviation of 0.0006; six of these are 0.0036. int4 gives 0.091 here, FP4 0.096.
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
    try:
        result = student.nf4_quantize(torch.zeros(0, 5))
    except StudentError as error:
        fail("nf4_quantize rejects an empty tensor.", got=str(error))
    expect_equal(
        result, [torch.zeros(0, dtype=torch.uint8), torch.zeros(0)], what="What nf4_quantize gives for an empty tensor"
    )
    w = nf4_numbers(rng, (6,), 4)
    expect_equal(
        student.nf4_quantize(w, 4),
        nf4(w, 4),
        what="What nf4_quantize gives for a few numbers",
    )


@exercise("nf4_quantize")
def test_other_dtypes_and_shapes_in_nf4(student, rng):
    for shape, block_size, dtype in (((2, 3, 8), 7, torch.float32), ((20, 60), 64, torch.bfloat16), ((4,), 9, None)):
        w = nf4_numbers(rng, shape, block_size, dtype or torch.float64)
        packed, maxima = nf4(w, block_size)
        coarse = w.flatten() / block_maxima(w, block_size)[1].flatten().to(w.dtype)  # (n,)
        coarse_codes = (coarse[:, None] - NF4.to(w.dtype)).abs().argmin(1)
        expect_equal(
            student.nf4_quantize(w, block_size),
            [packed, maxima],
            what="What nf4_quantize gives for another dtype or shape",
            mistakes={
                "The block maxima come back in the input's dtype; they must be fp32.": [packed, maxima.to(w.dtype)],
                "It computes in bf16, which is too coarse to tell the nearest level.": [pack(coarse_codes), maxima],
            },
        )


@exercise("nf4_quantize")
def test_numbers_beside_a_midpoint(student, rng):
    # Levels and midpoints with few digits put these on the other side.
    middle = (NF4[1:] + NF4[:-1]) / 2
    w = torch.cat([torch.ones(1).double(), middle - 1e-4, middle + 1e-4, torch.zeros(1).double()]).float()
    packed, _ = student.nf4_quantize(w, 64)
    expected = torch.cat([torch.tensor([15]), torch.arange(15), torch.arange(15) + 1, torch.tensor([7])])
    if unpack(packed, 32).tolist() != expected.tolist():
        fail("Numbers just beside the middle of two levels get the wrong one: some level or midpoint is off.")


@exercise("nf4_quantize")
def test_a_view_is_packed_in_its_own_order(student, rng):
    w = nf4_numbers(rng, (5, 6), 7)
    try:
        result = student.run(nf4_of_a_view, w.T.contiguous(), 7)
    except StudentError as error:
        fail("It rejects a transposed weight: view() needs a contiguous tensor, flatten() does not.", got=str(error))
    expect_equal(
        result,
        nf4(w, 7),
        what="What nf4_quantize gives for a transposed view",
    )
