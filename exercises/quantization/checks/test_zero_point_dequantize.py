"""Checks of `zero_point_dequantize`."""

import torch

from autograder.checks import AnyOf, exercise, expect_close


def expect_numbers(student, q, scale, zero, numbers, what):
    """Compare zero_point_dequantize with these numbers, and with what mistakes would give."""
    steps, step = q.double() - zero, scale.double()
    mistakes = {
        "It adds the zero point instead of subtracting it.": step * (q.double() + zero),
        "The zero point is not used.": step * q.double(),
        "The zero point is taken to be -128, whatever it is.": step * (q.double() + 128),
        "It multiplies before it subtracts: scale · q - zero_point.": step * q.double() - zero,
        "It subtracts in int8, where the difference overflows and wraps around.": (
            step * (q.int() - zero).to(torch.int8).double()
        ),
        "It divides by the scale instead of multiplying.": steps / step,
    }
    if 1 in q.shape:
        mistakes["A dimension of 1 is lost; what comes out has the shape of q."] = (step * steps).squeeze()
    in_halves = AnyOf((steps * step).half().float(), (steps.half() * scale.half()).float())
    expect_close(
        student.zero_point_dequantize(q, scale, torch.tensor(zero, dtype=torch.int32)),
        numbers,
        what=what,
        mistakes={
            **{sentence: wrong.float() for sentence, wrong in mistakes.items()},
            "It computes in fp16, whose rounding is in the result.": in_halves,
        },
        rtol=1e-5,
        atol=1e-5,
    )


@exercise("zero_point_dequantize")
def test_steps_from_the_zero_point(student, rng):
    q, numbers = torch.tensor([-128, -78, -26, 127], dtype=torch.int8), torch.tensor([0.0, 0.5, 1.02, 2.55])
    expect_numbers(student, q, torch.tensor(0.01), -128, numbers, "The docstring's codes, dequantized,")
    q, zero, scale = rng.randint(-128, 128, (1, 5)).to(torch.int8), rng.randint(-120, -10), rng.rand() + 0.1
    q[0, rng.randint(0, 5)] = 127
    numbers = (scale.double() * (q.double() - zero)).float()
    expect_numbers(student, q, scale, zero, numbers, "A few codes, dequantized,")


@exercise("zero_point_dequantize")
def test_no_overflow_whatever_the_zero_points_dtype(student, rng):
    q = torch.arange(-128, 128, 5).to(torch.int8).view(4, 13)
    scale = rng.randn(1).abs()[0] + 0.1
    for dtype in (torch.int32, torch.int8, torch.int64):
        zero = rng.randint(-120, -60)
        expect_close(
            student.zero_point_dequantize(q, scale, torch.tensor(zero, dtype=dtype)),
            ((q.double() - zero) * scale.double()).float(),
            what="Codes with a zero point far from 0, dequantized,",
            mistakes={
                "It subtracts in int8, where the difference overflows and wraps around.": lambda z=zero: (
                    (q.int() - z).to(torch.int8).double() * scale.double()
                ).float(),
                "The zero point is taken to be -128, whatever it is.": ((q.double() + 128) * scale.double()).float(),
            },
            rtol=1e-5,
            atol=1e-5,
        )
