"""Hidden checks of `attention_head`."""

import torch
from attention_oracles import (
    compare,
    expect_gradients,
    expect_right,
    headed,
    hide_all,
    mistakes_of,
    numbers_for_a_mask,
    other_widths,
    some_mask,
)

from autograder import builders
from autograder.checks import Mistakes, exercise, in_drawn_order

NAME = "attention_head"


@exercise(NAME)
def test_it_is_hugging_faces_gpt2_with_one_head(student, rng):
    attention = builders.tiny_gpt2(rng.randint(0, 1 << 30), heads=1).transformer.h[0].attn
    x = rng.randn(2, 6, 24)
    causal = torch.ones(6, 6, dtype=torch.bool).tril()
    with torch.no_grad():
        attention.c_attn.weight.mul_(6)
        attention.c_attn.bias.zero_()
        attention.c_proj.weight.copy_(torch.eye(24))
        attention.c_proj.bias.zero_()
        expected = attention(x, attention_mask=torch.zeros(6, 6).masked_fill(~causal, -torch.inf)[None, None])[0]
        w_q, w_k, w_v = (one.clone() for one in attention.c_attn.weight.split(24, dim=1))
    compare(
        student.attention_head(x, w_q, w_k, w_v, causal),
        expected,
        "The output of a GPT-2's head",
        mistakes=Mistakes(lambda: mistakes_of(NAME, [x, w_q, w_k, w_v, causal])),
    )


@exercise(NAME)
def test_square_matrices_are_not_transposed(student, rng):
    for width in rng.permutation((2, 4, 5)):
        arguments = [rng.randn(3, 4, width), *(rng.randn(width, width) for _ in range(3))]
        expect_right(student, NAME, arguments, "The output of square matrices")
        expect_right(student, NAME, [*arguments, some_mask(rng, 4, 4)], "The output of square matrices with a mask")


@exercise(NAME)
def test_what_each_matrix_does(student, rng):
    x, w_q, w_k, w_v = rng.randn(2, 5, 6).double(), *(rng.randn(6, d).double() for d in (4, 4, 3))
    right = headed(x, w_q, w_k, w_v)
    compare(student.attention_head(x, w_q, w_k, 3 * w_v), 3 * right, "The output with w_v three times as large")
    compare(student.attention_head(x, 5 * w_q, w_k / 5, w_v), right, "The output with a factor moved from w_k to w_q")
    means = (x @ w_v).mean(dim=1, keepdim=True).expand(2, 5, 3)
    compare(student.attention_head(x, 0 * w_q, w_k, w_v), means, "The output with nothing to look for")
    compare(student.attention_head(x=x, w_q=w_q, w_k=w_k, w_v=w_v), right, "The output, all given by name,")


@exercise(NAME)
def test_few_tokens_and_masks_for_each_text(student, rng):
    expect_right(student, NAME, [rng.randn(3, 1, 4), *(rng.randn(4, d) for d in (2, 2, 5))], "The output of one token")
    arguments = [rng.randn(4, 3, 5), *(rng.randn(5, d) for d in (6, 6, 2))]
    whole = hide_all(some_mask(rng, 4, 3, 3), 2)
    for mask in rng.permutation((whole, ~whole, whole[:, :1])):
        expect_right(student, NAME, [*arguments, mask], "The output with a mask for each text")
    expect_right(student, NAME, [200 * arguments[0], *arguments[1:]], "The output of long vectors")


@exercise(NAME)
def test_what_a_head_refuses_in_other_shapes(student, rng):
    x, w_v = rng.randn(2, 3, 5), rng.randn(5, 4)
    width, seen = rng.randint(41, 60), torch.ones(3, 3, dtype=torch.bool)
    w = 0.1 * rng.randn(5, width)
    in_drawn_order(
        rng,
        other_widths(lambda: student.attention_head(x, w, w[:, :1], w_v), NAME, width, 1),
        other_widths(lambda: student.attention_head(x, w[:, :-1], w, w_v), NAME, width - 1, width),
        *numbers_for_a_mask(
            lambda mask: student.attention_head(x, w, w, w_v, mask), NAME, seen, torch.float64, torch.uint8
        ),
        lambda: expect_right(student, NAME, [x, w, w, w_v, seen], "The output with a mask that shows all"),
        lambda: expect_right(student, NAME, [x, w, w, w_v], "The output without a mask"),
    )


@exercise(NAME)
def test_the_gradient_of_a_masked_head(student, rng):
    arguments = [rng.randn(3, 4, 5).double(), *(rng.randn(5, d).double() for d in (2, 2, 3))]
    mask, upstream = hide_all(some_mask(rng, 3, 4, 4), 1), rng.randn(3, 4, 3).double()
    cut = {
        0: "No gradient reaches x.",
        1: "No gradient reaches w_q.",
        2: "No gradient reaches w_k.",
        3: "No gradient reaches w_v.",
    }
    expect_gradients(student, NAME, [*arguments, mask], cut, upstream)
