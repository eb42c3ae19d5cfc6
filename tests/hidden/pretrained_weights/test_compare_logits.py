"""Hidden checks of `compare_logits`."""

import math

import torch
from pretrained_weights_oracles import refused
from pretrained_weights_proof_oracles import (
    SHAPES_STRETCH,
    SHAPES_UNNAMED,
    TOLERANCE_LARGE,
    TOLERANCE_SMALL,
    compares,
    expect_comparison,
    judged,
    near,
)

from autograder.checks import exercise, in_drawn_order


@exercise("compare_logits")
def test_any_number_of_dimensions(student, rng):
    for shape in rng.permutation([(9,), (4, 6), (2, 3, 5), (2, 3, 2, 7), (1, 1, 4)]):
        mine = 2 * rng.randn(*shape)
        expect_comparison(student, mine, mine + near(rng, mine, 1.5))


@exercise("compare_logits")
def test_large_logits_far_apart(student, rng):
    mine = 500 * rng.randn(2, 4, 6) + 3000
    expect_comparison(student, mine, mine + near(rng, mine, 40.0), atol=rng.choice([20.0, 80.0]))
    off = mine.clone()
    off[rng.randint(0, 2), rng.randint(0, 4), rng.randint(0, 6)] += 0.0625
    expect_comparison(student, mine, off)
    expect_comparison(student, off, mine, atol=0.01)


@exercise("compare_logits")
def test_one_number_in_many(student, rng):
    mine = rng.randn(4, 16, 50)
    theirs = mine.clone()
    theirs[rng.randint(0, 4), rng.randint(0, 15), rng.randint(0, 50)] -= 0.45 + 0.1 * rng.rand(())
    expect_comparison(student, mine, theirs)
    expect_comparison(student, mine, theirs, atol=0.4)
    expect_comparison(student, theirs, mine, atol=0.6)


@exercise("compare_logits")
def test_close_to_the_tolerance(student, rng):
    mine = rng.randn(2, 3, 4)
    for gap, sentence in ((0.95e-4, TOLERANCE_SMALL), (1.05e-4, TOLERANCE_LARGE), (5e-3, TOLERANCE_LARGE)):
        for sign in rng.permutation([-1, 1]):
            theirs = mine + near(rng, mine, 3e-5)
            place = rng.randint(0, 2), rng.randint(0, 3), rng.randint(0, 4)
            theirs[place] = mine[place] + sign * gap
            judged(student, mine, theirs, sentence)


@exercise("compare_logits")
def test_several_numbers_that_are_not_finite(student, rng):
    mine = rng.randn(3, 4, 5)
    theirs = mine + near(rng, mine, 0.5)
    one, other = mine.clone(), theirs.clone()
    one[0, 1, rng.randint(0, 5)] = rng.choice([math.nan, math.inf])
    other[1, 2, rng.randint(0, 5)] = rng.choice([math.nan, -math.inf])
    other[1, 3, rng.randint(0, 5)] = math.nan
    expect_comparison(student, one, other, atol=rng.choice([0.1, 10.0]))
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
    mine = 4 * rng.randn(2, 3, 8)
    theirs = mine + near(rng, mine, 0.6)
    pairs = [(torch.bfloat16, torch.float32), (torch.float32, torch.float16), (torch.float64, torch.bfloat16)]
    for one, other in rng.permutation(pairs):
        expect_comparison(student, mine.to(one), theirs.to(other))
    expect_comparison(student, mine.double() * 3, theirs.double())
