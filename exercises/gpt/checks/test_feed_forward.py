"""Checks of `FeedForward`."""

import torch
from gpt_oracles import (
    RATES,
    Module,
    Sizes,
    draw_input,
    draw_module,
    expect_gradients,
    expect_network_dropped,
    expect_works_as_module,
)

from autograder.checks import exercise, expect_accepted, expect_close

PART = "FeedForward"


@exercise(PART)
def test_each_position_is_fed_forward(student, rng):
    module = draw_module(rng, PART)
    x = draw_input(rng, module)
    (got,) = module.ask(student, ["call", x])
    module.expect(got, x, "What the network gives")
    example = Module(PART, Sizes(5, 4, 1, 1, 1), torch.zeros(13))
    (got,) = example.ask(student, ["identity"], ["call", torch.tensor([[[-1.0], [3.0]]])])
    expect_close(
        got,
        torch.tensor([[[-0.635232], [11.985449]]]),
        what="What the network gives for the docstring's example",
        rtol=1e-6,
        atol=5e-6,
        mistakes={
            "GELU has the erf form, PyTorch's default; GPT-2's is the tanh form.": torch.tensor(
                [[[-0.634621], [11.983801]]]
            )
        },
    )


@exercise(PART)
def test_network_of_any_leading_dimensions(student, rng):
    module = draw_module(rng, PART)
    width = module.sizes.width
    inputs = [rng.randn(*shape, width) for shape in ((), (3,), (2, 1, 3), (1, 1))]
    (alone,) = module.ask(student, ["call", inputs[2][0]])
    module.expect(alone, inputs[2][0], "What the network gives")
    with expect_accepted("It raises an error for an input of another number of dimensions than three."):
        found = module.ask(student, *(["call", x] for x in inputs))
    for x, got in zip(inputs, found, strict=True):
        module.expect(got, x, "What the network gives")


@exercise(PART)
def test_network_passes_gradients_on(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter or the input gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module), cut)


@exercise(PART)
def test_network_drops_in_train_mode_only(student, rng):
    expect_network_dropped(student, rng, rng.choice(RATES), rows=700)


@exercise(PART)
def test_network_behaves_as_a_module(student, rng):
    expect_works_as_module(student, rng, draw_module(rng, PART))
