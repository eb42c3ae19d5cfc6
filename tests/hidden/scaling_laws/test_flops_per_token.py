"""Hidden checks of `flops_per_token`."""

from scaling_laws_oracles import expect_flops, uniform

from autograder.checks import exercise


@exercise("flops_per_token")
def test_flops_of_large_models_and_long_texts(student, rng):
    large = (uniform(rng, 1, 9) * 1e10, rng.randint(60, 99), 128 * rng.randint(50, 120), 2048 * rng.randint(1, 9))
    long = (rng.randint(10**6, 10**7), rng.randint(2, 9), rng.randint(100, 300), rng.randint(10**5, 10**6))
    expect_flops(student, rng.permutation([(*one, training) for one in (large, long) for training in (True, False)]))


@exercise("flops_per_token")
def test_flops_of_one_layer_and_of_one_token(student, rng):
    parameters, width = rng.randint(9_000, 99_000), rng.randint(20, 90)
    calls = [(parameters, 1, width, rng.randint(5, 99), True), (parameters, rng.randint(3, 9), width, 1, False)]
    # a model without blocks, such as bigrams, has no attention
    expect_flops(student, rng.permutation([*calls, (parameters, 0, width, 9, True), (parameters + 1, 2, 1, 3)]))
