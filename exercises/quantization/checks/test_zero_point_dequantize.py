"""Checks of `zero_point_dequantize`."""

import torch

from autograder.checks import exercise, expect_close


@exercise("zero_point_dequantize")
def test_steps_from_the_zero_point(student):
    q = torch.tensor([-128, -78, -26, 127], dtype=torch.int8)
    expect_close(
        student.zero_point_dequantize(q, torch.tensor(0.01), torch.tensor(-128, dtype=torch.int32)),
        torch.tensor([0.0, 0.5, 1.02, 2.55]),
        what="The docstring's codes, dequantized,",
        mistakes={
            "It adds the zero point instead of subtracting it.": torch.tensor([-2.56, -2.06, -1.54, -0.01]),
            "The zero point is not used.": torch.tensor([-1.28, -0.78, -0.26, 1.27]),
            "It multiplies before it subtracts: scale · q - zero_point.": torch.tensor(
                [126.72, 127.22, 127.74, 129.27]
            ),
            "It subtracts in int8, where the difference overflows and wraps around.": torch.tensor(
                [0.0, 0.5, 1.02, -0.01]
            ),
            "It divides by the scale instead of multiplying.": torch.tensor([0.0, 5000.0, 10200.0, 25500.0]),
        },
        rtol=1e-5,
        atol=1e-5,
    )


@exercise("zero_point_dequantize")
def test_no_overflow_whatever_the_zero_points_dtype(student, rng):
    q = torch.arange(-128, 128, 5).to(torch.int8).view(4, 13)
    scale = rng.randn(1).abs()[0] + 0.1
    for dtype in (torch.int32, torch.int8, torch.int64):
        zero = rng.randint(-128, -60)
        expect_close(
            student.zero_point_dequantize(q, scale, torch.tensor(zero, dtype=dtype)),
            ((q.double() - zero) * scale.double()).float(),
            what="Codes with a zero point far from 0, dequantized,",
            mistakes={
                "It subtracts in int8, where the difference overflows and wraps around.": lambda z=zero: (
                    (q.int() - z).to(torch.int8).double() * scale.double()
                ).float(),
            },
            rtol=1e-5,
            atol=1e-5,
        )
