"""Hidden checks of `FeedForward`."""

import torch
from gpt_oracles import (
    TOL_FP32,
    TOL_FP64,
    Module,
    Sizes,
    draw_input,
    draw_module,
    draw_numbers,
    expect_gradients,
    expect_network_dropped,
)
from torch.nn import functional as F

from autograder.checks import exercise, expect_close, expect_equal

PART = "FeedForward"


@exercise(PART)
def test_network_far_from_zero(student, rng):
    module = draw_module(rng, PART)
    for size in (1e-3, 1.0, 30.0):
        x = size * draw_input(rng, module)
        wide, narrow = module.ask(
            student,
            ["to", "float64"],
            ["fill", module.numbers.double(), module.matrices],
            ["call", x.double()],
            ["to", "float32"],
            ["call", x],
        )
        module.expect(wide, x.double(), "What the network gives in float64", TOL_FP64)
        expect_close(narrow, wide.float(), what="What the network gives", rtol=1e-3, atol=1e-3 * size)


@exercise(PART)
def test_positions_are_fed_by_themselves(student, rng):
    module = draw_module(rng, PART)
    x, order = draw_input(rng, module, 2, 6), rng.permutation(range(6))
    got, moved, one = module.ask(student, ["call", x], ["call", x[:, order]], ["call", x[:1, 2:3].contiguous()])
    (wide, first), (narrow, second) = next(module.readings())
    expected = F.linear(F.gelu(F.linear(x.double(), wide, first), approximate="tanh"), narrow, second).float()
    module.expect(got, x, "What the network gives")
    expect_close(got, expected, what="What the network gives beside PyTorch's functions", **TOL_FP32)
    expect_close(moved, expected[:, order], what="What the network gives", **TOL_FP32)
    expect_close(one, expected[:1, 2:3], what="What the network gives", **TOL_FP32)


@exercise(PART)
def test_network_drops_at_other_rates(student, rng):
    expect_network_dropped(student, rng, rng.choice([0.15, 0.75]), rows=1500)
    sizes = Sizes(23, 9, 7, 1, 1, 1.0)
    module = Module(PART, sizes, draw_numbers(rng, sizes))
    x = draw_input(rng, module, 2, 5)
    before, dropped, after = module.ask(student, ["call", x], ["train"], ["call", x], ["train", False], ["call", x])
    module.expect(before, x, "What the network gives")
    expect_equal(dropped, torch.zeros_like(x), what="What the network gives in train mode at a dropout of 1")
    module.expect(after, x, "What the network gives")


@exercise(PART)
def test_network_passes_gradients_on_to_every_position(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter or the input gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module, 3, 9), cut)
