"""Checks of `compute_optimal`."""

from scaling_laws_best_oracles import drawn_terms, expect_best
from scaling_laws_oracles import uniform

from autograder.checks import exercise


@exercise("compute_optimal")
def test_best_size_and_its_tokens(student, rng):
    calls = [drawn_terms(rng, uniform(rng, 1, 9) * 10.0**power) for power in (20, 22)]
    expect_best(student, [(120, 5, 4, 1, 0.5), *calls])


@exercise("compute_optimal")
def test_best_size_of_little_compute(student, rng):
    expect_best(student, [drawn_terms(rng, uniform(rng, 1, 9) * 1e3) for _ in range(2)])


@exercise("compute_optimal")
def test_best_size_by_the_printed_numbers(student, rng):
    flops, printed = uniform(rng, 1, 9) * 1e23, (406.4, 410.7, 0.34, 0.28)
    expect_best(student, [(5.76e23, *printed), (flops, *printed), drawn_terms(rng, flops)])
