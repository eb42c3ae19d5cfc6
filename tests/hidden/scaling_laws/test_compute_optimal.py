"""Hidden checks of `compute_optimal`."""

from scaling_laws_best_oracles import PUBLISHED, drawn_terms, expect_best
from scaling_laws_oracles import uniform

from autograder.checks import exercise


@exercise("compute_optimal")
def test_best_sizes_of_the_published_numbers(student, rng):
    calls = [(uniform(rng, 1, 9) * 10.0 ** rng.randint(18, 26), *numbers) for numbers in PUBLISHED]
    expect_best(student, rng.permutation(calls))


@exercise("compute_optimal")
def test_best_sizes_from_tiny_to_huge(student, rng):
    expect_best(student, [drawn_terms(rng, uniform(rng, 1, 9) * 10.0**power) for power in rng.permutation((3, 12, 28))])


@exercise("compute_optimal")
def test_exponents_above_one_and_alike(student, rng):
    flops, same = uniform(rng, 1, 9) * 1e9, uniform(rng, 0.25, 0.6)
    calls = [
        (flops, uniform(rng, 2, 40), uniform(rng, 60, 900), same, same),
        (flops, uniform(rng, 2e6, 9e6), uniform(rng, 200, 900), uniform(rng, 1.5, 2), uniform(rng, 0.8, 1.2)),
        (flops, uniform(rng, 0.01, 0.1), uniform(rng, 0.2, 0.9), uniform(rng, 0.05, 0.1), uniform(rng, 0.15, 0.2)),
    ]
    expect_best(student, rng.permutation(calls))
