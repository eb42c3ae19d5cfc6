"""Checks of `tensors_of`."""

from gpt_oracles import draw_sizes
from gpt_state_oracles import expect_tensors

from autograder.checks import exercise


@exercise("tensors_of")
def test_every_number_has_its_name(student, rng):
    expect_tensors(student, rng, draw_sizes(rng, layers=2), models=1)


@exercise("tensors_of")
def test_each_model_lists_its_own(student, rng):
    expect_tensors(student, rng, draw_sizes(rng, layers=rng.choice([1, 3])), models=2)
