"""Checks of `decay_groups`."""

from pretraining_update_oracles import expect_grouped

from autograder.checks import exercise


@exercise("decay_groups")
def test_matrices_decay_and_the_rest_does_not(student, rng):
    expect_grouped(student, ["embedding", "linear", "norm"], 0.1)
    kinds = rng.permutation(["embedding", "linear", "norm", "convolution", "scalar", "bare"])
    expect_grouped(student, kinds, 0.05 + rng.rand().item())


@exercise("decay_groups")
def test_frozen_parameters_are_nowhere(student, rng):
    kinds = rng.permutation(["linear", "norm", "convolution", "linear"])
    for frozen in (rng.permutation(range(0, 8, 2))[:2], rng.permutation(range(1, 8, 2))[:2], [0, 1, 7]):
        expect_grouped(student, kinds, 0.05 + rng.rand().item(), frozen=frozen)


@exercise("decay_groups")
def test_a_tied_parameter_is_there_once(student, rng):
    for kinds in (["embedding", "norm", "linear"], ["linear", "norm", "embedding"]):
        expect_grouped(student, rng.permutation([*kinds, "bare"]), 0.05 + rng.rand().item(), tie=True)


@exercise("decay_groups")
def test_there_are_always_two_groups(student, rng):
    for kinds in rng.permutation([["embedding", "bare"], ["norm", "scalar"]]):
        expect_grouped(student, rng.permutation(kinds), 0.05 + rng.rand().item())
