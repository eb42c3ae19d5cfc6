"""Hidden checks of `absmax_dequantize`."""

import torch

from autograder.checks import exercise, expect_close


@exercise("absmax_dequantize")
def test_all_codes(student, rng):
    codes, scale = torch.arange(-127, 128).to(torch.int8), rng.randn(1)[0].abs() + 0.1
    expect_close(
        [student.absmax_dequantize(codes, scale), student.absmax_dequantize(codes, torch.tensor(0.0))],
        [(codes.double() * scale).float(), torch.zeros(255)],
        what="Every code, dequantized,",
        mistakes={
            "What comes out is in 16 bits; it must be fp32.": lambda: [
                (codes.half() * scale.half()).half(),
                torch.zeros(255).half(),
            ],
            "It computes in fp16, whose rounding is in the result.": lambda: [
                (codes.half() * scale.half()).float(),
                torch.zeros(255),
            ],
        },
    )
