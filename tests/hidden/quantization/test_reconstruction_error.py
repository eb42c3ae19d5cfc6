"""Hidden checks of `reconstruction_error`."""

import torch

from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail


@exercise("reconstruction_error")
def test_sixteen_bits_do_not_overflow(student, rng):
    w = (300 * rng.randn(60)).clamp(-1500, 1500)
    w_hat = w + 30 * rng.randn(60)
    right = float((w.half().double() - w_hat.half().double()).norm() / w.half().double().norm())
    got = student.reconstruction_error(w.half(), w_hat.half())
    if isinstance(got, torch.Tensor):
        got = got.item()
    if isinstance(got, float) and got != got or got in (0.0, float("inf")):
        fail("The squares overflow in fp16; compute in fp32.")
    expect_close(
        got,
        right,
        what="reconstruction_error of fp16",
        mistakes={
            "It computes in fp16, whose rounding is in the result.": lambda: float(
                (w.half() - w_hat.half()).norm() / w.half().norm()
            ),
        },
        rtol=1e-4,
    )
    mixed = student.reconstruction_error(w.bfloat16(), w_hat)
    expect_close(
        mixed,
        float((w.bfloat16().double() - w_hat.double()).norm() / w.bfloat16().double().norm()),
        what="reconstruction_error of bf16 against fp32",
        mistakes={
            "w_hat is rounded to the dtype of w before it is compared.": lambda: float(
                (w.bfloat16().double() - w_hat.bfloat16().double()).norm() / w.bfloat16().double().norm()
            ),
        },
        rtol=1e-4,
    )


@exercise("reconstruction_error")
def test_an_original_of_zeros(student):
    zeros, ones = torch.zeros(3), torch.ones(3)
    got = []
    for w, w_hat in ((zeros, zeros), (zeros, ones)):
        try:
            got.append(student.reconstruction_error(w, w_hat))
        except StudentError as error:
            fail("An original of zeros makes it divide by zero.", got=str(error))
    got = [one.item() if isinstance(one, torch.Tensor) else one for one in got]
    if got[0] != got[0]:
        fail("The error of zeros against zeros is not a number; it is 0.")
    expect_equal(
        got,
        [0.0, float("inf")],
        what="reconstruction_error where the original is all zero",
        mistakes={
            "Something is added to the size of w, so that an error against zeros comes out finite.": [0.0, got[1]]
        }
        if isinstance(got[1], float) and 1 < got[1] < float("inf")
        else {},
    )


@exercise("reconstruction_error")
def test_the_size_of_the_numbers_does_not_matter(student, rng):
    w, noise = rng.randn(4, 5), 0.1 * rng.randn(4, 5)
    right = float(noise.double().norm() / w.double().norm())
    for power in (-40, -15, 10):
        factor = 2.0**power
        expect_close(
            student.reconstruction_error(w * factor, (w + noise) * factor),
            right,
            what="reconstruction_error of the same numbers times a power of two",
            mistakes={
                "Something is added to the size of w, so small weights look better than they are.": float(
                    (noise * factor).norm() / ((w * factor).norm() + 1e-8)
                ),
                "Something is added to the squares of w, so small weights look better than they are.": float(
                    ((noise * factor).square().mean() / ((w * factor).square().mean() + 1e-8)).sqrt()
                ),
            },
            rtol=1e-3,
            atol=0.0,
        )
