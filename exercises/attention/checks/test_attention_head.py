"""Checks of `attention_head`."""

import torch
from attention_oracles import (
    compare,
    expect_each_anew,
    expect_gradients,
    expect_right,
    headed,
    hide_all,
    mistakes_of,
    numbers_for_a_mask,
    other_widths,
    scored,
    some_mask,
    weighed,
)
from torch import nn

from autograder.checks import Mistakes, exercise, in_drawn_order

NAME = "attention_head"


def drawn(rng, batch, length, width, d, values):
    """x and the three matrices."""
    return [rng.randn(batch, length, width), *(0.7 * rng.randn(width, to) for to in (d, d, values))]


@exercise(NAME, points=2)
def test_attention_head_docstring_example(student, rng):
    x = torch.eye(2)[None]
    matrices = [torch.tensor(rows) for rows in ([[1.0, 0], [0, 2]], [[1.0, 1], [0, 1]], [[10.0, 0], [0, 10]])]
    expect_right(student, NAME, [x, *matrices], "The output of the docstring's head")
    arguments = drawn(rng, 2, 5, 6, 4, 3)
    expect_right(student, NAME, arguments, "The output for two texts")
    expect_right(student, NAME, [*arguments, some_mask(rng, 2, 5, 5)], "The output for two texts with a mask")


@exercise(NAME)
def test_heads_of_any_width(student, rng):
    for shape in rng.permutation(((3, 4, 5, 5, 5), (2, 6, 3, 7, 2), (1, 1, 4, 2, 3), (4, 3, 8, 1, 6), (2, 5, 4, 4, 1))):
        expect_right(student, NAME, drawn(rng, *shape), "The output of a head of another width")


@exercise(NAME)
def test_a_head_is_torchs_multihead_attention_with_one(student, rng):
    width, mask = 6, some_mask(rng, 4, 4)
    module = nn.MultiheadAttention(width, 1, bias=False, batch_first=True)
    x, *matrices = drawn(rng, 3, 4, width, width, width)
    with torch.no_grad():
        module.in_proj_weight.copy_(torch.cat([one.T for one in matrices]))
        module.out_proj.weight.copy_(torch.eye(width))
        for seen in (None, mask):
            hidden = None if seen is None else ~seen  # there, True means "may not look"
            expected = module(x, x, x, attn_mask=hidden, need_weights=False)[0]
            arguments = [x, *matrices] if seen is None else [x, *matrices, seen]
            compare(
                student.attention_head(*arguments),
                expected,
                "The output of a square head",
                mistakes=Mistakes(lambda arguments=arguments: mistakes_of(NAME, arguments)),
            )


@exercise(NAME)
def test_texts_are_attended_apart(student, rng):
    x, *matrices = drawn(rng, 4, 3, 5, 4, 2)
    order = [2, 0, 3, 1]
    expect_right(student, NAME, [x, *matrices], "The output for four texts")
    compare(
        student.attention_head(x[order], *matrices), headed(x, *matrices)[order], "The output after swapping the texts"
    )


@exercise(NAME)
def test_heads_with_any_mask(student, rng):
    arguments = drawn(rng, 3, 5, 6, 4, 2)
    whole = some_mask(rng, 3, 5, 5)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    for mask in rng.permutation((whole, whole[1], whole[2, 0], causal, causal.T, hide_all(whole, 1, 3))):
        expect_right(student, NAME, [*arguments, mask], "The output with a mask")


@exercise(NAME)
def test_what_a_head_refuses(student, rng):
    x, w_q, w_k, w_v = drawn(rng, 2, 4, 6, 5, 3)
    mask, one, other = some_mask(rng, 2, 4, 4), rng.randint(21, 30), rng.randint(31, 40)
    wide, wider = rng.randn(6, one), rng.randn(6, other)
    in_drawn_order(
        rng,
        other_widths(lambda: student.attention_head(x, wide, wider, w_v), NAME, one, other),
        *numbers_for_a_mask(
            lambda mask: student.attention_head(x, w_q, w_k, w_v, mask), NAME, mask, torch.int64, torch.float32
        ),
        lambda: expect_right(student, NAME, [x, w_q, w_k, w_v, mask], "The output with a boolean mask"),
        lambda: expect_right(student, NAME, [x, w_q, w_k, w_v], "The output without a mask"),
    )


@exercise(NAME)
def test_the_gradient_reaches_tokens_and_matrices(student, rng):
    arguments, upstream = drawn(rng, 2, 4, 5, 3, 2), rng.randn(2, 4, 2)
    cut = {
        0: "No gradient reaches x.",
        1: "No gradient reaches w_q.",
        2: "No gradient reaches w_k.",
        3: "No gradient reaches w_v.",
    }
    wrong = {
        "The weights are cut off from the gradient; they are learnt too.": lambda x, w_q, w_k, w_v, mask=None: (
            weighed(scored(x @ w_q, x @ w_k), mask).detach() @ (x @ w_v)
        ),
        "x reaches the values only by way of a copy that is cut off.": lambda x, w_q, w_k, w_v, mask=None: (
            weighed(scored(x @ w_q, x @ w_k), mask) @ (x.detach() @ w_v)
        ),
    }
    expect_gradients(student, NAME, arguments, cut, upstream, wrong=wrong)
    mask = hide_all(some_mask(rng, 2, 4, 4), 2)
    expect_gradients(student, NAME, [*arguments, mask], cut, upstream, wrong=wrong)


@exercise(NAME)
def test_heads_in_any_dtype_and_anew(student, rng):
    mask = some_mask(rng, 3, 5, 5)
    calls = [[*drawn(rng, 3, 5, 7, 4, 2), one] for one in (mask, mask.flip(0), mask.roll(1, 2))]
    expect_each_anew(student, NAME, calls, "The output of another call")
    x = calls[0][0]
    calls = [[x, *drawn(rng, 1, 1, 7, 4, 2)[1:]] for _ in range(2)]
    expect_each_anew(student, NAME, calls, "The output of other matrices for the same texts")
    expect_right(student, NAME, [one.double() for one in calls[0]], "The output in fp64")
    expect_right(student, NAME, [one.bfloat16() / 2 for one in calls[1]], "The output in bf16")
