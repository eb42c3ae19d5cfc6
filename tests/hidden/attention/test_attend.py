"""Hidden checks of `attend`."""

import torch
from attention_oracles import (
    attended,
    compare,
    expect_gradients,
    expect_right,
    hide_all,
    mistakes_of,
    numbers_for_a_mask,
    other_widths,
    some_mask,
)

from autograder import builders
from autograder.checks import Mistakes, exercise, expect_accepted, fail, in_drawn_order

NAME = "attend"


@exercise(NAME)
def test_it_is_what_a_head_of_hugging_faces_gpt2_does(student, rng):
    attention = builders.tiny_gpt2(rng.randint(0, 1 << 30)).transformer.h[0].attn
    x = 2 * rng.randn(2, 5, 24)
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    with torch.no_grad():
        attention.c_attn.weight.mul_(4)  # wide enough that weights differ
        attention.c_proj.weight.copy_(torch.eye(24))
        attention.c_proj.bias.zero_()
        q, k, v = (one.view(2, 5, 3, 8).transpose(1, 2) for one in attention.c_attn(x).split(24, dim=-1))
        whole = attention(x, attention_mask=torch.zeros(5, 5).masked_fill(~causal, -torch.inf)[None, None])[0]
    expected = whole.view(2, 5, 3, 8).transpose(1, 2)
    compare(
        student.attend(q, k, v, causal),
        expected,
        "The averages of a GPT-2's heads",
        mistakes=Mistakes(lambda: mistakes_of(NAME, [q, k, v, causal])),
    )


@exercise(NAME)
def test_averages_lie_between_the_values(student, rng):
    q, k, v = 2 * rng.randn(3, 6, 4), 2 * rng.randn(3, 5, 4), 7 + rng.randn(3, 5, 2)
    got = student.attend(q, k, v)
    compare(got, attended(q, k, v), "The averages", mistakes=Mistakes(lambda: mistakes_of(NAME, [q, k, v])))
    if ((got > v.amax(1, True) + 1e-4) | (got < v.amin(1, True) - 1e-4)).any():
        fail("An average lies outside the values' range.")
    one = rng.randint(0, 5)
    mask = (torch.arange(5) == one).expand(6, 5)
    compare(student.attend(q, k, v, mask), v[:, one : one + 1].expand(3, 6, 2), "The averages of one key that is seen")


@exercise(NAME)
def test_one_of_each(student, rng):
    q, k, v = rng.randn(1, 3), rng.randn(1, 3), rng.randn(1, 4)
    expect_right(student, NAME, [q, k, v], "The average of one value", told=())
    expect_right(student, NAME, [q, k, v, torch.tensor([[False]])], "The average of one value that is hidden", told=())
    expect_right(student, NAME, [rng.randn(2, 4, 1), rng.randn(2, 5, 1), rng.randn(2, 5, 1)], "Averages at width 1")
    arguments = [rng.randn(2, 3, 5, 5) for _ in range(3)]
    expect_right(student, NAME, arguments, "The averages where T, d and d_v are equal")
    mask = some_mask(rng, 5, 5)
    expect_right(student, NAME, [*arguments, mask], "The averages where T, d and d_v are equal")
    with expect_accepted("It can't be called with its arguments by name: they are q, k, v and mask.", "TypeError"):
        got = student.attend(q=arguments[0], k=arguments[1], v=arguments[2], mask=mask)
    compare(got, attended(*arguments, mask), "The averages, all given by name,")


@exercise(NAME)
def test_each_text_and_head_has_its_own_mask(student, rng):
    q, k, v = 2 * rng.randn(2, 3, 4, 5), 2 * rng.randn(2, 3, 4, 5), rng.randn(2, 3, 4, 2)
    whole = hide_all(some_mask(rng, 2, 3, 4, 4), 3)
    for mask in rng.permutation((whole, whole[:, :1], whole[1, 2, 0], None)):
        expect_right(student, NAME, [q, k, v, mask], "The averages of several heads")
    large = [one.double() for one in (1e3 * q, 1e3 * k, v)]
    expect_right(student, NAME, large, "The averages with large scores")


@exercise(NAME)
def test_masks_of_numbers_and_other_widths(student, rng):
    q, k, v = rng.randn(3, 6), rng.randn(4, 6), rng.randn(4, 2)
    seen, width = torch.ones(3, 4, dtype=torch.bool), rng.randint(41, 60)
    wide = rng.randn(2, 3, 4, width)
    in_drawn_order(
        rng,
        other_widths(lambda: student.attend(wide, wide[..., :1], wide), NAME, width, 1),
        other_widths(lambda: student.attend(wide[..., :-1], wide, wide), NAME, width - 1, width),
        *numbers_for_a_mask(lambda mask: student.attend(q, k, v, mask), NAME, seen, torch.float64, torch.uint8),
        *numbers_for_a_mask(lambda mask: student.attend(q, k, v, mask), NAME, ~seen, torch.float32, torch.int64),
        lambda: expect_right(student, NAME, [q, k, v, seen], "The averages with a mask that shows all"),
        lambda: expect_right(student, NAME, [q, k, v, some_mask(rng, 3, 4)], "The averages with a mask"),
    )


@exercise(NAME)
def test_the_gradient_of_masked_heads(student, rng):
    q, k, v = rng.randn(2, 3, 4, 5).double(), rng.randn(2, 3, 6, 5).double(), rng.randn(2, 3, 6, 2).double()
    mask, upstream = hide_all(some_mask(rng, 4, 6), 0, 2), rng.randn(2, 3, 4, 2).double()
    cut = {
        0: "No gradient reaches the queries.",
        1: "No gradient reaches the keys.",
        2: "No gradient reaches the values.",
    }
    expect_gradients(student, NAME, [q, k, v, mask], cut, upstream)
    expect_gradients(student, NAME, [30 * q, 30 * k, v], cut, upstream)
