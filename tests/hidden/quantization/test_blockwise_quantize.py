"""Hidden checks of `blockwise_quantize`."""

from quantization_oracles import (
    absmax,
    blockwise,
    exact_blocks_mistakes,
    expect_a_block_of_zeros,
    expect_blocks_in_bf16,
    expect_blocks_of_a_view,
    expect_no_blocks,
    scale_blocks,
    without_block_ties,
)

from autograder.checks import StudentError, exercise, expect_close, fail


def draw_numbers(rng, shape, block_size, bits):
    """Numbers whose size changes from block to block, without ties."""
    return without_block_ties(scale_blocks(rng, rng.randn(*shape), block_size), block_size, bits)


@exercise("blockwise_quantize")
def test_empty_tensors_and_large_and_small_blocks(student, rng):
    for shape, block_size in (((3, 5), 100), ((2, 3), 1), ((2, 3, 4), 6), ((8,), 8)):
        w = draw_numbers(rng, shape, block_size, 6)
        codes, scales = blockwise(w, block_size, 6)
        try:
            result = student.blockwise_quantize(w, block_size, 6)
        except StudentError as error:
            if block_size <= w.numel():
                raise
            fail("It rejects a block_size above the number of numbers; it may exceed that.", got=str(error))
        expect_close(
            result,
            [codes, scales],
            what="What blockwise_quantize gives for very large, very small or exact blocks",
            mistakes=exact_blocks_mistakes(codes, scales),
        )
    for shape in ((0,), (3, 0), (0, 5)):
        expect_no_blocks(student, shape, rng.randint(1, 9))


@exercise("blockwise_quantize")
def test_a_block_of_nothing_but_zeros(student, rng):
    expect_a_block_of_zeros(student, rng)


@exercise("blockwise_quantize")
def test_a_view_is_read_in_its_own_order(student, rng):
    expect_blocks_of_a_view(student, rng, (6, rng.choice([4, 5, 8, 9])), 7)


@exercise("blockwise_quantize")
def test_bf16_in_blocks(student, rng):
    expect_blocks_in_bf16(student, rng, (rng.randint(5, 9), 11), 10)


@exercise("blockwise_quantize")
def test_every_number_of_bits_in_blocks(student, rng):
    for bits in range(2, 9):
        w = draw_numbers(rng, (3, 5), 4, bits)
        try:
            result = student.blockwise_quantize(w, 4, bits)
        except StudentError as error:
            fail("It rejects some number of bits from 2 to 8.", got=str(error))
        expect_close(result, blockwise(w, 4, bits), what="What blockwise_quantize gives with another number of bits")


@exercise("blockwise_quantize")
def test_blocks_as_long_as_a_row(student, rng):
    w = draw_numbers(rng, (5, 9), 9, 4)
    codes, scales = blockwise(w, 9, 4)
    result = student.blockwise_quantize(w, 9, 4)
    expect_close(
        result,
        [codes, scales],
        what="What blockwise_quantize gives for blocks as long as a row",
        mistakes=exact_blocks_mistakes(codes, scales),
    )
    q, scales = result
    expect_close([q, scales[:, None]], absmax(w, 4, 1), what="Blocks as long as a row, against a scale for each row,")
