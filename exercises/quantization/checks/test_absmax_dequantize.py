"""Checks of `absmax_dequantize`."""

import torch

from autograder.checks import StudentError, exercise, expect_close, fail


@exercise("absmax_dequantize")
def test_codes_times_scale(student, rng):
    q = torch.tensor([-85, 32, 127, -53], dtype=torch.int8)
    expected = torch.tensor([-0.8031496, 0.3023622, 1.2, -0.5007874])
    expect_close(
        student.absmax_dequantize(q, torch.tensor(1.2 / 127)),
        expected,
        what="The docstring's codes, dequantized,",
        mistakes={
            "It divides by the scale instead of multiplying.": q.float() / torch.tensor(1.2 / 127),
            "It gives back the codes.": q.float(),
            "The result is truncated to whole numbers.": expected.to(torch.int8),
            "It computes in fp16, whose rounding is in the result.": (
                q.half() * torch.tensor(1.2 / 127).half()
            ).float(),
        },
    )
    codes = rng.randint(-127, 128, (4, 6)).to(torch.int8)
    for scale in (rng.randn(4, 1).abs(), rng.randn(1, 6).abs()):
        expect_close(
            student.absmax_dequantize(codes, scale),
            (codes.double() * scale).float(),
            what="Codes with a scale for each row or column, dequantized,",
            mistakes={
                "Only the first scale is used.": lambda s=scale: (codes.double() * s.flatten()[0]).float(),
                "All rows and columns get the mean of the scales.": lambda s=scale: (codes.double() * s.mean()).float(),
                "It computes in fp16, whose rounding is in the result.": lambda s=scale: (
                    codes.half() * s.half()
                ).float(),
            },
        )
    codes, scale = rng.randint(-127, 128, (5, 5)).to(torch.int8), rng.randn(5, 1).abs()
    expect_close(
        student.absmax_dequantize(codes, scale),
        (codes.double() * scale).float(),
        what="Codes of a square matrix with a scale for each row, dequantized,",
        mistakes={
            "The scale loses its dimension of 1, so a row's scale goes to a column.": codes * scale.squeeze(),
        },
    )


@exercise("absmax_dequantize")
def test_a_scale_for_each_of_three_dimensions(student, rng):
    codes = rng.randint(-127, 128, (2, 3, 4)).to(torch.int8)
    for shape in ((1, 3, 4), (2, 1, 4), (2, 3, 1), ()):
        scale = rng.randn(torch.Size(shape).numel()).view(shape).abs()
        try:
            result = student.absmax_dequantize(codes, scale)
        except StudentError as error:
            fail("It rejects a scale for each of some numbers in three dimensions; q * scale does not.", got=str(error))
        expect_close(
            result,
            (codes.double() * scale).float(),
            what="Codes of three dimensions, dequantized,",
        )
    codes, scale = rng.randint(-127, 128, (3, 1, 4)).to(torch.int8), rng.randn(3, 1, 1).abs()
    expected = (codes.double() * scale).float()
    expect_close(
        student.absmax_dequantize(codes, scale),
        expected,
        what="Codes of which a dimension is 1, dequantized,",
        mistakes={"A dimension of 1 is lost; what comes out has the shape of q.": expected.squeeze()},
    )
