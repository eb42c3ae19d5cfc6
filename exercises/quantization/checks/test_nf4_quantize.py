"""Checks of `nf4_quantize`."""

import torch
from quantization_oracles import (
    expect_levels,
    expect_nf4,
    expect_nf4_of_a_view,
    expect_nf4_of_nothing,
    nf4,
    nf4_bf16_numbers,
    nf4_mistakes,
    nf4_numbers,
    unpack,
    without_spare_half,
)

from autograder.checks import AnyOf, StudentError, exercise, expect_equal, fail, in_drawn_order, rejected


@exercise("nf4_quantize")
def test_nf4_quantize_docstring_example(student, rng):
    w = torch.tensor([0.5, -1.0, 0.0, 2.0])
    expect_nf4(student, w, 4, "What nf4_quantize gives for the docstring's numbers")
    expect_nf4(student, nf4_numbers(rng, (8,), 4), 4, "What nf4_quantize gives for eight numbers in blocks of four")


@exercise("nf4_quantize", points=2)
def test_the_nearest_of_sixteen_levels(student, rng):
    shape, block_size = rng.choice([(8, 15), (6, 21)]), rng.choice([16, 26])
    expect_nf4(student, nf4_numbers(rng, shape, block_size), block_size, "What nf4_quantize gives")
    expect_nf4(student, nf4_bf16_numbers(rng, (40, 30), block_size), block_size, "What nf4_quantize gives for bf16")
    expect_levels(student, 1e-4)
    w = nf4_numbers(rng, (8, 15), 64)
    result = student.nf4_quantize(w)
    expect_equal(
        [without_spare_half(result[0], 120), result[1]] if isinstance(result, (list, tuple)) else result,
        nf4(w, 64),
        what="What nf4_quantize gives without block_size",
        mistakes={
            "Without block_size, blocks are not 64 numbers long.": AnyOf(*(nf4(w, size) for size in (32, 128))),
            **nf4_mistakes(w, 64),
        },
    )


@exercise("nf4_quantize")
def test_an_odd_number_in_short_blocks(student, rng):
    expect_nf4(student, nf4_numbers(rng, (13,), 5), 5, "What nf4_quantize gives for 13 numbers in blocks of 5")
    expect_nf4_of_a_view(student, rng, (4, 6), 5)


@exercise("nf4_quantize")
def test_a_block_of_zeros(student, rng):
    w = nf4_numbers(rng, (24,), 8)
    expect_nf4(student, w, 8, "What nf4_quantize gives")
    w[8:16] = 0
    packed, maxima = student.nf4_quantize(w, 8)
    if not isinstance(maxima, torch.Tensor) or not maxima.isfinite().all() or maxima[1] != 0:
        fail("The largest magnitude of a block of zeros is not 0.", expected=0.0, got=maxima)
    codes = unpack(packed[4:8], 8).tolist()
    if codes != [7] * 8:
        fail(
            "The codes of a block of zeros are not 7, the level that is zero.",
            expected=[7] * 8,
            got=codes,
            advice="Divide by 1 where the largest magnitude is 0: 0 / 0 is not a number.",
        )
    expect_nf4(student, w, 8, "What nf4_quantize gives beside a block of zeros")


@exercise("nf4_quantize")
def test_blocks_of_one_number_and_of_less(student, rng):
    w = nf4_numbers(rng, (rng.randint(5, 9),), 1)

    def of_one_number():
        try:
            student.nf4_quantize(w, 1)
        except StudentError as error:
            fail("nf4_quantize rejects block_size=1; only less than 1 is an error.", got=str(error))
        expect_nf4(student, w, 1, "What nf4_quantize gives for blocks of one number")

    in_drawn_order(
        rng,
        *(
            rejected(
                lambda block_size=block_size: student.nf4_quantize(w, block_size),
                "nf4_quantize with block_size below 1",
                advice=f"Here block_size is {block_size}.",
            )
            for block_size in (0, -1, rng.randint(-9, -1))
        ),
        rejected(
            lambda: student.nf4_quantize(torch.zeros(0), 0),
            "nf4_quantize with block_size below 1",
            advice="Here w is empty and block_size is 0.",
            explained=False,
        ),
        of_one_number,
        lambda: expect_nf4_of_nothing(student, (0,)),
    )
