"""Checks of `Block`."""

from gpt_oracles import (
    RATES,
    draw_input,
    draw_module,
    expect_block_dropped,
    expect_block_drops_no_more,
    expect_gradients,
    expect_works_as_module,
)

from autograder.checks import exercise

PART = "Block"


@exercise(PART)
def test_block_adds_to_the_stream(student, rng):
    module = draw_module(rng, PART)
    x = draw_input(rng, module)
    got, small = module.ask(student, ["call", x], ["call", x / 300])
    module.expect(got, x, "What the block gives")
    # numbers so small that the eps counts
    module.expect(small, x / 300, "What the block gives")


@exercise(PART)
def test_block_of_texts_of_any_length(student, rng):
    module = draw_module(rng, PART)
    texts = [draw_input(rng, module, rows, length) for rows, length in ((2, 4), (3, 1), (1, module.sizes.positions))]
    for x, got in zip(texts, module.ask(student, *(["call", x] for x in texts)), strict=True):
        module.expect(got, x, "What the block gives")


@exercise(PART)
def test_block_drops_what_is_added(student, rng):
    expect_block_dropped(student, rng)
    expect_block_drops_no_more(student, rng, rng.choice(RATES), rows=20)


@exercise(PART)
def test_block_passes_gradients_on(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter or the input gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module), cut)


@exercise(PART)
def test_block_behaves_as_a_module(student, rng):
    expect_works_as_module(student, rng, draw_module(rng, PART))
