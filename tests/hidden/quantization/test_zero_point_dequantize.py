"""Hidden checks of `zero_point_dequantize`."""

import torch

from autograder.checks import exercise, expect_close


@exercise("zero_point_dequantize")
def test_any_shape_comes_back(student, rng):
    for shape in ((), (5,), (2, 3, 4)):
        q, zero = rng.randint(-128, 128, shape).to(torch.int8), rng.randint(60, 128)
        scale = rng.randn(1)[0].abs() + 0.1
        expect_close(
            student.zero_point_dequantize(q, scale, torch.tensor(zero, dtype=torch.int32)),
            ((q.double() - zero) * scale.double()).float(),
            what="Codes of another shape, dequantized,",
            mistakes={
                "The zero point is taken to be -128, whatever it is.": ((q.double() + 128) * scale.double()).float(),
            },
            rtol=1e-5,
            atol=1e-5,
        )
