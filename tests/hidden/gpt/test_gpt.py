"""Hidden checks of `GPT`."""

import torch
from gpt_hidden_oracles import gpt2_of
from gpt_oracles import (
    TOL_FP32,
    TOL_FP64,
    Module,
    Sizes,
    draw_input,
    draw_module,
    draw_numbers,
    expect_gradients,
    expect_stream_dropped,
)

from autograder.checks import exercise, expect_accepted, expect_close, fail, in_drawn_order, rejected

PART = "GPT"


@exercise(PART)
def test_it_is_gpt2(student, rng):
    module = draw_module(rng, PART, layers=rng.choice([2, 3]))
    ids = draw_input(rng, module, 2, module.sizes.positions)
    (got,) = module.ask(student, ["call", ids])
    reading = module.expect(got, ids, "What the model gives")
    with torch.no_grad():
        expected = gpt2_of(reading, module.sizes)(ids).logits
    expect_close(got, expected, what="What the model gives beside Hugging Face's GPT-2", **TOL_FP32)


@exercise(PART)
def test_gpt_in_float64_and_other_sizes(student, rng):
    for layers, heads, width in ((1, 1, 7), (4, 5, 10)):
        sizes = Sizes(24, 11, width, layers, heads)
        module = Module(PART, sizes, draw_numbers(rng, sizes))
        ids = draw_input(rng, module, 3, 11)
        steps = [["to", "float64"], ["fill", module.numbers.double(), module.matrices]]
        got, again = module.ask(student, *steps, ["call", ids], ["without graph", ids])
        module.expect(got, ids, "What the model gives in float64", TOL_FP64)
        module.expect(again, ids, "What the model gives in float64", TOL_FP64)


@exercise(PART)
def test_every_position_hides_what_lies_ahead(student, rng):
    module = draw_module(rng, PART)
    vocab, length = module.sizes.vocab, 8
    ids = draw_input(rng, module, 1, length)
    changed = ids.repeat(length, 1)  # in row t the token at t is another one
    changed[range(length), range(length)] = (ids[0] + rng.randint(1, vocab - 1)) % vocab
    base, got = module.ask(student, ["call", ids], ["call", changed])
    module.expect(base, ids, "What the model gives")
    module.expect(got, changed, "What the model gives")
    for t in range(length):
        if not torch.allclose(got[t, :t], base[0, :t], rtol=1e-4, atol=1e-4):
            fail("Tokens that lie ahead change the logits.")
        if (got[t, t:] - base[0, t:]).abs().amax(dim=-1).min() < 1e-4:
            fail("A position doesn't depend on one of the tokens before it.")


@exercise(PART)
def test_lengths_around_the_positions(student, rng):
    positions = rng.randint(7, 12)
    sizes = Sizes(29, positions, 6, 2, 3)
    module = Module(PART, sizes, draw_numbers(rng, sizes))
    unnamed = "The error for a text that is too long doesn't name its length and the positions."

    def refused(length, rows):
        ids = rng.randint(0, 29, (rows, length))
        return rejected(
            lambda: module.ask(student, ["call", ids]),
            "A text that is longer than the positions",
            length,
            positions,
            unnamed=unnamed,
        )

    def taken(length, rows):
        def ask():
            ids = draw_input(rng, module, rows, length)
            with expect_accepted("ValueError is raised although the text fits the positions.", "ValueError"):
                (got,) = module.ask(student, ["call", ids])
            module.expect(got, ids, "What the model gives")

        return ask

    in_drawn_order(
        rng,
        refused(positions + 1, 1),
        refused(positions + 3, 2),
        refused(10 * positions, 1),
        taken(positions, positions + 2),
        taken(positions - 1, 3),
    )


@exercise(PART)
def test_gpt_passes_gradients_on_of_several_texts(student, rng):
    module = draw_module(rng, PART, layers=3)
    cut = "A parameter gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module, 3, module.sizes.positions), cut)


@exercise(PART)
def test_gpt_drops_at_other_rates(student, rng):
    expect_stream_dropped(student, rng, rng.choice([0.15, 0.75]), rows=1200)
    module = draw_module(rng, PART, dropout=0.5)
    ids = draw_input(rng, module, 3)
    one, two, dropped, other, after = module.ask(
        student,
        ["call", ids],
        ["call", ids],
        ["train"],
        ["call", ids],
        ["call", ids],
        ["train", False],
        ["call", ids],
    )
    for got in (one, two, after):
        module.expect(got, ids, "What the model gives")
    if torch.equal(dropped, other):
        fail("Two calls in train mode give the same, although numbers are dropped.")


@exercise(PART)
def test_a_loaded_state_is_tied_too(student, rng):
    module = draw_module(rng, PART)
    ids = draw_input(rng, module, 2, 6)
    upstream, rate = rng.randn(2, 6, module.sizes.vocab), 0.01
    (before,) = module.ask(student, ["call", ids])
    module.expect(before, ids, "What the model gives")
    _, place, _ = module.reading_of(before, ids)
    expected = module.after_step(ids, upstream, rate, place)
    step = ["step", ids, upstream, rate]
    for way in (["reload", module.numbers], ["deepcopy", module.numbers]):
        (got,) = module.ask(student, way, step, ["call", ids])
        if not torch.allclose(got.double(), expected, rtol=1e-3, atol=1e-3):
            fail("After its state was loaded or copied the model's table isn't used at both ends any more.")
