"""Checks of `init_weights`."""

import torch
from gpt_oracles import Sizes, draw_sizes
from gpt_state_oracles import expect_start, run_started

from autograder.checks import exercise, fail

# The smallest tensor has 1,024 numbers, so its deviation is known to 2%; a spread that is 10% off shows in all layers
WIDE = {"vocab": 211, "positions": 67, "width": 32, "heads": 4}


@exercise("init_weights", points=2)
def test_spreads_of_the_start(student, rng):
    sizes = Sizes(**WIDE, layers=rng.choice([3, 4]))
    (found,) = run_started(student, rng, sizes, [rng.randint(0, 10_000)])
    expect_start(found["tensors"], sizes)


@exercise("init_weights")
def test_a_second_start_is_as_wide(student, rng):
    sizes = Sizes(**WIDE, layers=3)
    first, second = run_started(student, rng, sizes, [rng.randint(0, 10_000), None])
    expect_start(second["tensors"], sizes)
    if any(
        torch.equal(one, second["tensors"][name])
        for name, one in first["tensors"].items()
        if name.endswith(("c_proj.weight", "c_fc.weight", "wte.weight", "wpe.weight"))
    ):
        fail("A second call doesn't draw anew.")


@exercise("init_weights")
def test_numbers_come_from_torchs_generator(student, rng):
    some, other = rng.permutation(range(10_000))[:2]
    first, second, again, last = run_started(student, rng, draw_sizes(rng), [some, other, some, None])

    def same(one, two):
        return all(torch.equal(one["tensors"][name], two["tensors"][name]) for name in one["tensors"])

    if torch.equal(first["draw"], second["draw"]):
        fail(
            "It seeds torch's random generator itself, so every model starts with the same numbers.",
            advice="Leave out torch.manual_seed: a seed is set once, by whoever trains.",
        )
    if same(first, second) or same(again, last):
        fail("Every model starts with the same numbers: they come from a generator whose seed is fixed.")
    if not same(first, again):
        fail("With torch's generator seeded alike the numbers differ: they come from somewhere else.")


@exercise("init_weights")
def test_the_model_stays_what_it_is(student, rng):
    sizes = draw_sizes(rng, layers=rng.choice([1, 2]))
    run_started(student, rng, sizes, [rng.randint(0, 10_000), None], frozen=rng.permutation(range(12))[:3])
