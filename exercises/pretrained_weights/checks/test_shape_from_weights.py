"""Checks of `shape_from_weights`."""

from pretrained_weights_oracles import Sizes, draw_sizes, refused
from pretrained_weights_state_oracles import (
    HEADS_ACCEPTED,
    HEADS_BELOW_1,
    HEADS_UNNAMED,
    ODD,
    accepts_heads,
    beside,
    expect_sizes,
    state_of_zeros,
)

from autograder.checks import exercise, in_drawn_order


@exercise("shape_from_weights")
def test_sizes_of_a_model(student, rng):
    expect_sizes(student, rng, Sizes(50257, 1024, 768, 12, 12))
    sizes = draw_sizes(rng, layers=rng.choice([2, 4, 6]), heads=ODD)
    expect_sizes(student, rng, sizes)
    expect_sizes(student, rng, sizes, turned=False)


@exercise("shape_from_weights")
def test_heads_are_those_given(student, rng):
    for heads in rng.permutation([1, 4, 8, 32])[:3]:
        expect_sizes(student, rng, Sizes(rng.randint(300, 400), rng.randint(100, 200), 128, 3, heads))


@exercise("shape_from_weights")
def test_other_names_change_nothing(student, rng):
    sizes = draw_sizes(rng, layers=rng.randint(7, 10), heads=ODD)
    more = beside(sizes) | {"lm_head.weight": [sizes.vocab, sizes.width]}
    expect_sizes(student, rng, sizes, more=more)


@exercise("shape_from_weights")
def test_more_than_ten_blocks(student, rng):
    expect_sizes(student, rng, draw_sizes(rng, layers=rng.randint(12, 16), heads=ODD))


@exercise("shape_from_weights")
def test_heads_that_do_not_divide_the_width(student, rng):
    width = rng.choice([12, 20, 28])
    sizes = Sizes(31, 17, width, 1, 4)
    state, bad = state_of_zeros(sizes), rng.choice([3, 5, 8]) if width == 28 else rng.choice([7, 8, 9])
    many = 2 * width
    in_drawn_order(
        rng,
        accepts_heads(student, state, sizes),
        *(
            refused(
                lambda one=one: student.shape_from_weights(state, one),
                HEADS_ACCEPTED,
                str(one),
                str(width),
                unnamed=HEADS_UNNAMED,
            )
            for one in (bad, many)
        ),
    )


@exercise("shape_from_weights")
def test_heads_below_1(student, rng):
    sizes = Sizes(31, 17, rng.choice([12, 20, 28]), 1, 4)
    state, below = state_of_zeros(sizes), -rng.choice([1, 2, 4])
    in_drawn_order(
        rng,
        accepts_heads(student, state, sizes),
        *(
            refused(
                lambda one=one: student.shape_from_weights(state, one),
                HEADS_BELOW_1,
                str(abs(one)),
                str(sizes.width),
                unnamed=HEADS_UNNAMED,
            )
            for one in (0, below)
        ),
    )
