"""Checks of `compare_logits`."""

import math

import torch
from pretrained_weights_oracles import refused
from pretrained_weights_proof_oracles import (
    SHAPES_STRETCH,
    SHAPES_UNNAMED,
    TOLERANCE_LARGE,
    TOLERANCE_SMALL,
    alike,
    clear,
    compares,
    expect_comparison,
    judged,
    near,
)

from autograder.checks import exercise, in_drawn_order


@exercise("compare_logits")
def test_differences_and_first_choices(student, rng):
    hand = torch.tensor([[1.0, 2.0, 4.0], [0.0, 3.0, 1.0]]), torch.tensor([[1.0, 2.5, 2.0], [0.0, 3.0, 1.0]])
    expect_comparison(student, *hand)
    expect_comparison(student, *hand, atol=2.0)
    mine = 3 * rng.randn(2, 5, 7)
    expect_comparison(student, mine, mine + near(rng, mine, 1.0))
    expect_comparison(student, mine[0], mine[1])


@exercise("compare_logits")
def test_the_tolerance_decides(student, rng):
    def draw():
        mine = rng.randint(-64, 64, (2, 4, 6)).float() / 16
        places = rng.permutation(list(range(48)))
        theirs = mine.flatten().clone()
        theirs[places[0]] += 0.5
        theirs[places[1]] -= 0.5
        return mine, theirs.view(mine.shape)

    mine, theirs = alike(draw)
    for atol in rng.permutation([0.5, 0.375, 0.625, 4.0]):
        expect_comparison(student, mine, theirs, atol=atol)
    expect_comparison(student, mine, mine, atol=0.0)


@exercise("compare_logits")
def test_the_tolerance_that_is_not_given(student, rng):
    mine = rng.randn(3, 5)
    for gap, sentence in ((0.9e-4, TOLERANCE_SMALL), (1.2e-4, TOLERANCE_LARGE)):
        theirs = mine + near(rng, mine, 4e-5)
        place = rng.randint(0, 3), rng.randint(0, 5)
        mine[place] = 40 + 8 * rng.rand(())  # so large that a tolerance that grows with it would let the gap through
        theirs[place] = mine[place] + gap
        judged(student, mine, theirs, sentence)


@exercise("compare_logits")
def test_first_choices_are_not_the_numbers(student, rng):
    mine = rng.randn(2, 3, 6)
    mine.scatter_(-1, mine.argmax(-1, keepdim=True), 9.0)
    expect_comparison(student, mine, mine + near(rng, mine, 0.3))
    expect_comparison(student, mine, mine * rng.choice([0.5, 0.75]) - 1)
    flat = torch.zeros(2, 3, 6)
    flat[..., 1] = 1e-5
    other = flat.clone()
    other[rng.randint(0, 2), rng.randint(0, 3), 4] = 3e-5
    expect_comparison(student, flat, other)


@exercise("compare_logits")
def test_nan_never_agrees(student, rng):
    def draw(value):
        mine = rng.randn(3, 6, 5)
        theirs = mine + near(rng, mine, 1.0)
        mine[rng.randint(0, 3), rng.randint(0, 6), rng.randint(0, 5)] = value
        return mine, theirs

    for value in (math.nan, math.inf, -math.inf):
        broken, theirs = clear(draw, value)
        for one, other in [*rng.permutation([(broken, theirs), (theirs, broken)]), (broken, broken.clone())]:
            expect_comparison(student, one, other)


@exercise("compare_logits")
def test_shapes_must_be_equal(student, rng):
    size, length, rows = 7, rng.randint(3, 6), rng.choice([2, 8])
    mine, theirs = rng.randn(rows, length, size), rng.randn(length, size)
    in_drawn_order(
        rng,
        compares(student, mine, mine + 0.25),
        *(
            refused(
                lambda one=one, other=other: student.compare_logits(one, other),
                SHAPES_STRETCH,
                *(str(number) for number in {*one.shape, *other.shape}),
                unnamed=SHAPES_UNNAMED,
            )
            for one, other in ((mine, theirs), (theirs, mine), (mine, mine[:, :1]))
        ),
    )


@exercise("compare_logits")
def test_16_bits_and_float64(student, rng):
    def draw(dtype):
        """In 16 bits so that the largest difference is rounded there."""
        while True:
            mine = 4 * rng.randn(3, 4, 9)
            mine, theirs = mine.to(dtype), (mine + near(rng, mine, 2.0)).to(dtype)
            exact = (mine.double() - theirs.double()).abs().max()
            if dtype.itemsize > 2 or (mine - theirs).abs().max().double() != exact:
                return mine, theirs

    for dtype in rng.permutation([torch.bfloat16, torch.float16]):
        expect_comparison(student, *clear(draw, dtype))
    mine, theirs = clear(draw, torch.float64)
    expect_comparison(student, mine, theirs.float())
