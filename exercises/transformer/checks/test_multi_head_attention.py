"""Checks of `multi_head_attention`."""

import torch
from transformer_oracles import (
    LEGAL_HEADS,
    attended,
    attention_call,
    attention_mistakes,
    expect_attention,
    expect_gradients,
    ragged_mask,
    triangle,
    uncuttable_heads,
)

from autograder.checks import exercise, fail, in_drawn_order

EACH_TEXT = "It raises an error for a mask for each text, which is (B, 1, T, T)."
EARLIER = "What an earlier call was given is used again."


@exercise("multi_head_attention", points=2)
def test_multi_head_attention_docstring_example(student, rng):
    # First texts with which each mistake gives something else
    expect_attention(student, attention_call(rng, 2, 5, 12, rng.choice([2, 4])), "The attention of two texts")
    eye, none = torch.eye(2), torch.zeros
    w_o = torch.tensor([[1.0, 10], [0, 1]])
    x = torch.tensor([[[1.0, 0], [0, 2]]])
    expect_attention(
        student, (x, torch.cat([eye] * 3, dim=1), none(6), w_o, none(2), 2), "The docstring's attention", named=False
    )


@exercise("multi_head_attention", points=2)
def test_a_mask_says_who_may_look(student, rng):
    for mask in rng.permutation((triangle(5, 5), ragged_mask(rng, 5, 5))):
        call = attention_call(rng, 2, 5, 12, 3, mask)
        expect_attention(student, call, "The attention under a mask")
    expect_attention(student, (*call[:6], None), "The attention of the same texts without a mask")


@exercise("multi_head_attention", points=2)
def test_each_text_has_its_own_mask(student, rng):
    call = attention_call(rng, 3, 5, 8, 2, ragged_mask(rng, 3, 1, 5, 5))
    expect_attention(student, call, "The attention under a mask for each text", legal=EACH_TEXT)


@exercise("multi_head_attention", points=2)
def test_the_last_position_depends_on_the_first(student, rng):
    # Heads split and merged by view alone stay causal, and train; what they don't see is the first half of the text.
    call = attention_call(rng, 2, 8, 8, 2, triangle(8, 8))
    other = call[0].clone()
    other[:, 0] = rng.randn(2, 8)
    expect_attention(student, call, "The attention of texts")
    expect_attention(student, (other, *call[1:]), "The attention of texts with another first token")


@exercise("multi_head_attention")
def test_a_key_that_may_not_be_seen_has_weight_0(student, rng):
    # The key hidden from all but itself has by far the largest score, and a value that any weight would show.
    width, mask = 6, ~torch.eye(4, dtype=torch.bool)
    hidden = rng.randint(0, 4)
    mask[:] = True
    mask[:, hidden] = False
    mask[hidden, hidden] = True
    x, w_qkv, b_qkv, w_o, b_o, heads, _ = attention_call(rng, 2, 4, width, 2)
    x = x.clone()
    x[:, :, 0], x[:, hidden, 0] = 1.0, 90.0
    w_qkv = w_qkv.clone()
    for column in (0, 3):  # the first number of each head's queries, of its keys and of its values
        for third in range(3):
            w_qkv[:, third * width + column] = 0
        w_qkv[0, column], w_qkv[0, width + column], w_qkv[0, 2 * width + column] = 1.0, 8.0, 30.0
    expect_attention(student, (x, w_qkv, b_qkv, w_o, b_o, heads, mask), "The attention with a key that is hidden")
    # All scores are -9,999: whoever writes -10,000 for what is hidden sees it
    x, w_qkv, b_qkv, w_o, b_o, heads, mask = attention_call(rng, 2, 5, 4, 2, ragged_mask(rng, 5, 5))
    w_qkv, b_qkv = w_qkv.clone(), b_qkv.clone()
    w_qkv[:, :8], b_qkv[:8] = 0.0, torch.tensor([100.0, 0.0] * 2 + [-99.99 * 2**0.5, 0.0] * 2)
    expect_attention(student, (x, w_qkv, b_qkv, w_o, b_o, heads, mask), "The attention with scores far below 0")


@exercise("multi_head_attention")
def test_large_scores_are_legal(student, rng):
    x, w_qkv, b_qkv, w_o, b_o, heads, _ = attention_call(rng, 2, 4, 6, 3)
    w_qkv = w_qkv.clone()
    w_qkv[:, :6] *= rng.choice([700.0, 900.0])
    call = (x, w_qkv, b_qkv, w_o, b_o, heads)
    got = student.multi_head_attention(*call)
    if isinstance(got, torch.Tensor) and got.dtype.is_floating_point and not got.isfinite().all():
        fail("Large scores overflow in the softmax.", advice="Take the largest score away before exp, as softmax does.")
    for mask in (None, triangle(4, 4)):
        expect_attention(student, (*call, mask), "The attention with large scores", {"rtol": 1e-2, "atol": 1e-2})


@exercise("multi_head_attention")
def test_heads_that_do_not_divide_the_width_have_no_attention(student, rng):
    width = 2 * rng.randint(7, 10)
    call = attention_call(rng, 2, 3, width, 2)

    def ask(heads):
        return student.multi_head_attention(*call[:5], heads)

    in_drawn_order(
        rng,
        *uncuttable_heads(rng, ask, "multi_head_attention", width),
        lambda: expect_attention(
            student, call, "The attention with two heads", legal=LEGAL_HEADS, kinds=("ValueError",)
        ),
    )


@exercise("multi_head_attention")
def test_the_gradient_of_attention_reaches_everything(student, rng):
    call = list(attention_call(rng, 2, 4, 6, 3, rng.choice([triangle(4, 4), ragged_mask(rng, 4, 4)])))
    expect_gradients(student, "multi_head_attention", attended, call, rng.randn(2, 4, 6), attention_mistakes(*call))


@exercise("multi_head_attention")
def test_attention_is_that_of_this_call(student, rng):
    first = attention_call(rng, 2, 7, 10, 2, triangle(7, 7))
    expect_attention(student, first, "The attention of one call")
    fresh = attention_call(rng, 2, 7, 10, 2)
    mask = ragged_mask(rng, 7, 7)
    for changed in rng.permutation((0, 1, 3, 6)):
        call = list(first)
        call[changed] = mask if changed == 6 else fresh[changed]
        expect_attention(student, tuple(call), "The attention of another call", also={EARLIER: attended(*first)})


@exercise("multi_head_attention")
def test_few_tokens_few_heads_any_dtype(student, rng):
    for batch, length, heads in rng.permutation(((1, 1, 2), (3, 1, 3), (1, 7, 1), (2, 3, 6))):
        call = attention_call(rng, batch, length, 6, heads)
        expect_attention(student, call, "The attention of few tokens", legal=LEGAL_HEADS, kinds=("ValueError",))
    call = attention_call(rng, 2, 3, 8, 2)
    wide = [one.double() if isinstance(one, torch.Tensor) else one for one in call]
    expect_attention(student, wide, "The attention in fp64")
