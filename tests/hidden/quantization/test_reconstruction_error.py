"""Hidden checks of `reconstruction_error`."""

from quantization_oracles import (
    expect_errors_of_halves,
    expect_errors_of_sizes,
    expect_errors_of_zeros,
    expect_relative_error,
    relative_error,
)

from autograder.checks import exercise, expect_close


@exercise("reconstruction_error")
def test_sixteen_bits_do_not_overflow(student, rng):
    expect_relative_error(student, rng, (3, 4, 5))
    expect_errors_of_halves(student, rng, 60)
    w = 300 * rng.randn(60)
    w_hat = w.bfloat16().float() + 3 * rng.randn(60)  # bf16's own steps are about as large
    expect_close(
        student.reconstruction_error(w.bfloat16(), w_hat),
        relative_error(w.bfloat16(), w_hat),
        what="reconstruction_error of bf16 against fp32",
        mistakes={
            "w_hat is rounded to the dtype of w before it is compared.": lambda: float(
                (w.bfloat16().double() - w_hat.bfloat16().double()).norm() / w.bfloat16().double().norm()
            ),
        },
        rtol=1e-4,
    )


@exercise("reconstruction_error")
def test_an_original_of_zeros(student, rng):
    expect_relative_error(student, rng, (9,))
    expect_errors_of_zeros(student, (2, rng.randint(2, 9), 3))


@exercise("reconstruction_error")
def test_the_size_of_the_numbers_does_not_matter(student, rng):
    expect_relative_error(student, rng, (2, 3, 4), 2.0)
    expect_errors_of_sizes(student, rng, (2, 3, 4), [-50, -30, -15, 10])
