"""Hidden checks of `compare_logits`."""

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
def test_any_number_of_dimensions(student, rng):
    def draw(shape):
        mine = 2 * rng.randn(*shape)
        return mine, mine + near(rng, mine, 1.5)

    for shape in rng.permutation([(9,), (4, 6), (2, 3, 5), (2, 3, 2, 7), (1, 1, 4)]):
        expect_comparison(student, *(draw(shape) if len(shape) == 1 or shape[0] == 1 else clear(draw, shape)))


@exercise("compare_logits")
def test_large_logits_far_apart(student, rng):
    def draw():
        mine = 500 * rng.randn(2, 4, 6) + 3000
        return mine, mine + near(rng, mine, 40.0)

    mine, theirs = alike(draw)
    for atol in rng.permutation([20.0, 80.0]):
        expect_comparison(student, mine, theirs, atol=atol)
    off = mine.clone()
    off[rng.randint(0, 2), rng.randint(0, 4), rng.randint(0, 6)] += 0.0625
    expect_comparison(student, mine, off)
    expect_comparison(student, off, mine, atol=0.01)


@exercise("compare_logits")
def test_one_number_in_many(student, rng):
    def draw():
        mine = rng.randn(4, 16, 50)
        theirs = mine.clone()
        theirs[rng.randint(0, 4), rng.randint(0, 15), rng.randint(0, 50)] -= 0.45 + 0.1 * rng.rand(())
        return mine, theirs

    mine, theirs = alike(draw)
    expect_comparison(student, mine, theirs)
    expect_comparison(student, mine, theirs, atol=0.4)
    expect_comparison(student, theirs, mine, atol=0.6)


@exercise("compare_logits")
def test_close_to_the_tolerance(student, rng):
    def draw(off):
        mine = rng.randn(2, 3, 4)
        theirs = mine + near(rng, mine, 3e-5)
        place = rng.randint(0, 2), rng.randint(0, 3), rng.randint(0, 4)
        mine[place] = 40 + 8 * rng.rand(())
        theirs[place] = mine[place] + off
        return mine, theirs

    for gap, sentence in ((0.95e-4, TOLERANCE_SMALL), (1.05e-4, TOLERANCE_LARGE), (5e-3, TOLERANCE_LARGE)):
        for sign in rng.permutation([-1, 1]):
            judged(student, *alike(draw, sign * gap), sentence)


@exercise("compare_logits")
def test_several_numbers_that_are_not_finite(student, rng):
    def draw():
        mine = rng.randn(3, 4, 5)
        theirs = mine + near(rng, mine, 0.5)
        mine[0, 1, rng.randint(0, 5)] = rng.choice([math.nan, math.inf])
        theirs[1, 2, rng.randint(0, 5)] = rng.choice([math.nan, -math.inf])
        theirs[1, 3, rng.randint(0, 5)] = math.nan
        return mine, theirs

    expect_comparison(student, *clear(draw), atol=rng.choice([0.1, 10.0]))
    mine = rng.randn(3, 4, 5)
    hidden = mine.clone()
    hidden[..., rng.randint(0, 5)] = -math.inf
    expect_comparison(student, hidden, hidden.clone(), atol=1.0)
    expect_comparison(student, mine.fill_(math.nan), mine.clone(), atol=math.inf)


@exercise("compare_logits")
def test_other_shapes(student, rng):
    rows, length, size = rng.choice([2, 3]), rng.choice([5, 7]), rng.choice([11, 13])
    mine = rng.randn(rows, length, size)
    in_drawn_order(
        rng,
        compares(student, mine, mine * 0.5),
        *(
            refused(
                lambda other=other: student.compare_logits(mine, other),
                SHAPES_STRETCH,
                *(str(number) for number in {*mine.shape, *other.shape}),
                unnamed=SHAPES_UNNAMED,
            )
            for other in (mine[:1], mine[..., :1], mine[0, 0], mine[..., :-1], mine.mT, mine[None], mine.flatten())
        ),
    )


@exercise("compare_logits")
def test_dtypes_that_differ(student, rng):
    def draw(one, other):
        mine = 4 * rng.randn(3, 4, 8)
        return mine.to(one), (mine + near(rng, mine, 2.0)).to(other)

    pairs = [(torch.bfloat16, torch.float32), (torch.float32, torch.float16), (torch.float64, torch.bfloat16)]
    for pair in rng.permutation([*pairs, (torch.float64, torch.float64)]):
        expect_comparison(student, *clear(draw, *pair))
