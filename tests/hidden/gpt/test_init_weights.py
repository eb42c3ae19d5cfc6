"""Hidden checks of `init_weights`."""

import torch
from gpt_oracles import Sizes, draw_sizes
from gpt_state_oracles import expect_start, run_started

from autograder.checks import exercise, fail


@exercise("init_weights")
def test_spreads_of_other_depths(student, rng):
    sizes = Sizes(199, 71, 36, 6, 4)
    (found,) = run_started(student, rng, sizes, [rng.randint(0, 10_000)])
    expect_start(found["tensors"], sizes)


@exercise("init_weights")
def test_every_call_draws_anew(student, rng):
    sizes = Sizes(101, 37, 32, 3, 2)
    found = run_started(student, rng, sizes, [rng.randint(0, 10_000), None, None], frozen=range(4))
    expect_start(found[1]["tensors"], sizes)
    for one, two in zip(found, found[1:], strict=False):
        for name, tensor in one["tensors"].items():
            if tensor.ndim == 2 and torch.equal(tensor, two["tensors"][name]):
                fail("A second call doesn't draw anew.")


@exercise("init_weights")
def test_torchs_generator_decides(student, rng):
    some, other = rng.permutation(range(10_000))[:2]
    sizes = draw_sizes(rng, layers=3)
    first, second, again = run_started(student, rng, sizes, [some, other, some])
    if torch.equal(first["draw"], second["draw"]):
        fail("It seeds torch's random generator itself, so every model starts with the same numbers.")
    if torch.equal(first["numbers"], second["numbers"]):
        fail("Every model starts with the same numbers: they come from a generator whose seed is fixed.")
    if not torch.equal(first["numbers"], again["numbers"]):
        fail("With torch's generator seeded alike the numbers differ: they come from somewhere else.")
