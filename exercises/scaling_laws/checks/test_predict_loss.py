"""Checks of `predict_loss`."""

from scaling_laws_fit_oracles import expect_losses
from scaling_laws_oracles import uniform

from autograder.checks import exercise


@exercise("predict_loss")
def test_loss_of_a_size(student, rng):
    drawn = [(rng.randint(10**4, 10**9), uniform(rng, 3, 90), uniform(rng, 0.05, 0.4)) for _ in range(2)]
    expect_losses(student, [*drawn, (1600, 40, 0.5)])
