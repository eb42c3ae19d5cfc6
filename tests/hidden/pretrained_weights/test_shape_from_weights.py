"""Hidden checks of `shape_from_weights`."""

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
def test_sizes_of_gpt2_medium_to_xl(student, rng):
    for layers, width, heads in ((24, 1024, 16), (36, 1280, 20), (48, 1600, 25)):
        expect_sizes(student, rng, Sizes(50257 + rng.randint(0, 9), 1024, width, layers, heads))


@exercise("shape_from_weights")
def test_one_block_of_odd_sizes(student, rng):
    width = rng.choice([9, 15, 21])
    for heads in (1, 3, width):
        expect_sizes(student, rng, Sizes(rng.randint(3, 8), rng.randint(300, 400), width, 1, heads))


@exercise("shape_from_weights")
def test_masks_of_many_blocks(student, rng):
    sizes = draw_sizes(rng, layers=rng.randint(13, 18), heads=ODD)
    more = beside(sizes) | {"lm_head.weight": [sizes.vocab, sizes.width]}
    expect_sizes(student, rng, sizes, turned=False, more=more)


@exercise("shape_from_weights")
def test_heads_close_to_a_divisor(student, rng):
    sizes = Sizes(rng.randint(20, 30), 7, 768, 1, 12)
    state = state_of_zeros(Sizes(5, 7, 48, 1, 4))
    expect_sizes(student, rng, sizes)
    in_drawn_order(
        rng,
        accepts_heads(student, state, Sizes(5, 7, 48, 1, 16)),
        accepts_heads(student, state, Sizes(5, 7, 48, 1, 1)),
        accepts_heads(student, state, Sizes(5, 7, 48, 1, 48)),
        *(
            refused(
                lambda one=one: student.shape_from_weights(state, one),
                what,
                str(abs(one)),
                "48",
                unnamed=HEADS_UNNAMED,
            )
            for what, one in (
                (HEADS_ACCEPTED, rng.choice([5, 10, 32])),
                (HEADS_ACCEPTED, 96),
                (HEADS_BELOW_1, 0),
                (HEADS_BELOW_1, -rng.choice([1, 12, 48])),
            )
        ),
    )
