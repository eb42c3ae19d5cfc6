"""Hidden checks of `predict_loss`."""

from scaling_laws_fit_oracles import expect_losses
from scaling_laws_oracles import uniform

from autograder.checks import exercise


@exercise("predict_loss")
def test_loss_of_small_and_of_large_sizes(student, rng):
    calls = [
        (uniform(rng, 0.01, 0.5), uniform(rng, 0.5, 4), uniform(rng, 0.1, 1.5)),
        (uniform(rng, 1e10, 1e12), uniform(rng, 100, 900), uniform(rng, 0.03, 0.2)),
        (rng.randint(1000, 9000), uniform(rng, 2, 3), -uniform(rng, 0.1, 0.2)),
        (rng.randint(10**6, 10**7), rng.randint(3, 90), 0.0),
    ]
    expect_losses(student, rng.permutation(calls))
