"""Checks of `CausalSelfAttention`."""

import torch
from gpt_oracles import (
    RATES,
    Module,
    Sizes,
    attended,
    draw_input,
    draw_module,
    draw_numbers,
    expect_attention_dropped,
    expect_gradients,
    expect_works_as_module,
)

from autograder.checks import exercise, expect_accepted, expect_close, fail, in_drawn_order, rejected

PART = "CausalSelfAttention"


@exercise(PART, points=2)
def test_attention_reads_itself_and_the_past(student, rng):
    module = draw_module(rng, PART)
    x = draw_input(rng, module)
    (got,) = module.ask(student, ["call", x])
    module.expect(got, x, "What attention gives")
    example = Module(PART, Sizes(5, 4, 2, 1, 1), torch.zeros(30))
    x = torch.tensor([[[1.0, 0], [0, 1], [1, 1]]])
    (got,) = example.ask(student, ["identity"], ["call", x])
    expect_close(
        got,
        torch.tensor([[[1.0, 0], [0.330238, 0.669762], [0.751749, 0.751749]]]),
        what="What attention gives for the docstring's example",
        rtol=1e-4,
        atol=1e-5,
        mistakes={
            "Scores are not scaled; they are divided by the root of D / H.": torch.tensor(
                [[[1.0, 0], [0.268941, 0.731059], [0.788058, 0.788058]]]
            )
        },
        advice="Work the second row through on paper: two scores, two weights, their mean of values.",
    )


@exercise(PART)
def test_attention_of_texts_of_any_length(student, rng):
    module = draw_module(rng, PART)
    texts = [
        draw_input(rng, module, rows, length)
        for rows, length in ((2, 5), (3, 1), (1, module.sizes.positions), (2, 3), (2, 5))
    ]
    with expect_accepted("It raises an error for a text that is shorter than `positions`.", "RuntimeError"):
        (alone,) = module.ask(student, ["call", texts[0]])
    module.expect(alone, texts[0], "What attention gives")
    with expect_accepted("It raises an error for a text that is shorter or longer than the one before it."):
        found = module.ask(student, *(["call", x] for x in texts))
    for x, got in zip(texts, found, strict=True):
        module.expect(got, x, "What attention gives")


LEAKS = "What lies ahead has weight where all scores of the past are far below 0: hide it with -inf."
AHEAD = "What lies ahead changes what a position gives."
FORGOTTEN = "The last position doesn't depend on the first one."


@exercise(PART)
def test_what_lies_ahead_has_no_weight(student, rng):
    module = draw_module(rng, PART)
    x, at = draw_input(rng, module, 2, 6), rng.randint(2, 4)
    later, first = x.clone(), x.clone()
    later[:, at:] = rng.randn(*x[:, at:].shape)
    first[:, 0] = 3 * rng.randn(*x[:, 0].shape)
    wide = 300 * rng.randn(8, 2, module.sizes.width)  # scores of some 1e5, of either sign
    got, moved, other, far = module.ask(student, ["call", x], ["call", later], ["call", first], ["call", wide])
    reading = module.expect(got, x, "What attention gives")
    if not torch.allclose(got[:, :at], moved[:, :at], rtol=1e-4, atol=1e-5):
        fail(AHEAD)
    module.expect(moved, later, "What attention gives")
    if torch.allclose(got[:, -1], other[:, -1]):
        fail(FORGOTTEN)
    module.expect(other, first, "What attention gives")
    # of the first position alone: it has one weight, and that is 1
    expected = attended(wide[:, :1].double(), reading, module.sizes.heads).float()
    # large numbers: 1e-3 of the largest
    if not torch.allclose(far[:, :1], expected, rtol=1e-3, atol=1e-3 * float(expected.abs().max())):
        fail(LEAKS, expected=expected, got=far[:, :1], advice="masked_fill(..., -math.inf), before the softmax.")


@exercise(PART)
def test_attention_passes_gradients_on(student, rng):
    module = draw_module(rng, PART)
    cut = "A parameter or the input gets no gradient: it is cut off, or isn't used."
    expect_gradients(student, rng, module, draw_input(rng, module), cut)


@exercise(PART)
def test_attention_drops_in_train_mode_only(student, rng):
    expect_attention_dropped(student, rng, rng.choice(RATES), rows=700)


@exercise(PART)
def test_attention_behaves_as_a_module(student, rng):
    expect_works_as_module(student, rng, draw_module(rng, PART))


@exercise(PART)
def test_heads_must_divide_the_width(student, rng):
    heads, width = rng.choice([(5, 12), (4, 18), (7, 16)])
    other, wide = rng.choice([(3, 17), (13, 20), (9, 14)])
    good = draw_module(rng, PART)
    x = draw_input(rng, good)
    unnamed = "The error for heads that don't divide the width doesn't name both."

    def refused(heads, width):
        module = Module(PART, Sizes(11, 9, width, 1, heads), torch.zeros(1))
        return rejected(
            lambda: module.ask(student),
            "A number of heads that doesn't divide the width",
            heads,
            width,
            unnamed=unnamed,
        )

    def taken():
        with expect_accepted("ValueError is raised although the heads divide the width.", "ValueError"):
            (got,) = good.ask(student, ["call", x])
        good.expect(got, x, "What attention gives")

    def one_each():
        sizes = Sizes(11, 9, 6, 1, rng.choice([1, 6]))
        module = Module(PART, sizes, draw_numbers(rng, sizes))
        with expect_accepted("ValueError is raised although the heads divide the width.", "ValueError"):
            (got,) = module.ask(student, ["call", y := rng.randn(1, 4, 6)])
        module.expect(got, y, "What attention gives")

    in_drawn_order(rng, refused(heads, width), refused(other, wide), taken, one_each)
