"""Checks of `blockwise_quantize`."""

import torch
from quantization_oracles import (
    absmax,
    block_of,
    blockwise,
    exact_blocks_mistakes,
    expect_a_block_of_zeros,
    expect_blocks_in_bf16,
    expect_blocks_of_a_view,
    expect_no_blocks,
    numbers_in_blocks,
    qmax_of,
    quantize_with,
    scale_blocks,
    without_block_ties,
)

from autograder.checks import AnyOf, exercise, expect_close, in_drawn_order, rejected


@exercise("blockwise_quantize")
def test_blockwise_quantize_docstring_example(student, rng):
    w = torch.tensor([1.0, -3, 4, 10, 30])

    def codes(*numbers):
        return torch.tensor(numbers, dtype=torch.int8)

    expect_close(
        student.blockwise_quantize(w, 3, 4),
        [codes(2, -5, 7, 2, 7), torch.tensor([4 / 7, 30 / 7])],
        what="What blockwise_quantize gives for the docstring's numbers",
        mistakes={
            "One scale serves the whole tensor; each block needs its own.": [
                codes(0, -1, 1, 2, 7),
                torch.tensor([30 / 7]),
            ],
            "The last, shorter block is left out.": [codes(2, -5, 7, 0, 0), torch.tensor([4 / 7])],
            "The last, shorter block is not quantized with a scale of its own.": [
                codes(2, -5, 7, 18, 52),
                torch.tensor([4 / 7]),
            ],
            "The blocks are interleaved; a block is block_size consecutive numbers.": [
                codes(0, -2, 1, 7, 7),
                torch.tensor([30 / 7, 10 / 7]),
            ],
        },
    )
    w = without_block_ties(scale_blocks(rng, rng.randn(8), 3), 3, 4)
    expect_close(
        student.blockwise_quantize(w, 3, 4),
        blockwise(w, 3, 4),
        what="What blockwise_quantize gives for eight numbers in blocks of three",
        mistakes=of_any_shape_mistakes(w, 3, 4),
    )


def row_by_row(w, block_size, bits):
    """[codes, scales] when no block reaches beyond the end of a row; the scale of a block of zeros is 0 or 1."""
    rows = [blockwise(row, block_size, bits) for row in w]
    codes, scales = torch.stack([codes for codes, _ in rows]), torch.cat([scales for _, scales in rows])
    return AnyOf([codes, scales], [codes, scales.where(scales != 0, 1.0)])


def down_columns(w, block_size, bits):
    """[codes, scales] when blocks run along the columns."""
    codes, scales = blockwise(w.T, block_size, bits)
    return [codes.T.contiguous(), scales]


def with_last_scale(w, scales, last, block_size):
    """[codes, scales] when the last block's scale is another one."""
    scales = torch.cat([scales[:-1], torch.as_tensor(last).reshape(1)])
    spread = scales[block_of(w.numel(), block_size)].view(w.shape)
    return [quantize_with(w, spread)[0], scales]


def last_block_mistakes(w, block_size, bits):
    """Sentence → what the mistake gives for w with a shorter last block; nothing where the blocks fit exactly."""
    scales, last_block = blockwise(w, block_size, bits)[1], w.flatten()[w.numel() // block_size * block_size :]
    wrong_scales = {
        "The last, shorter block is filled up with ones, which go into its scale.": (
            lambda: last_block.abs().max().clamp(min=1) / qmax_of(bits)
        ),
        "The last, shorter block borrows the scale of the one before.": lambda: scales[-2],
        "The last, shorter block's scale is that of the last block_size numbers, more than it holds.": (
            lambda: w.flatten()[-block_size:].abs().max() / qmax_of(bits)
        ),
    }
    return {
        sentence: lambda scale=scale: with_last_scale(w, scales, scale(), block_size)
        for sentence, scale in wrong_scales.items()
        if len(last_block)
    }


def of_any_shape_mistakes(w, block_size, bits):
    """Sentence → what the mistake gives for w in several blocks."""
    codes, scales = blockwise(w, block_size, bits)
    tensor_codes, tensor_scale = absmax(w, bits)
    return {
        "One scale serves the whole tensor; each block needs its own.": [tensor_codes, tensor_scale.reshape(1)],
        "One scale serves the whole tensor, repeated for each block.": [tensor_codes, tensor_scale.repeat(len(scales))],
        **last_block_mistakes(w, block_size, bits),
        "bits is not used.": lambda: blockwise(w, block_size, 8),
        "The scales are the blocks' largest magnitudes, not yet divided by qmax.": [codes, scales * qmax_of(bits)],
    }


def blockwise_mistakes(w, block_size, bits):
    """Sentence → what the mistake gives for a matrix w in several blocks."""
    codes, scales = blockwise(w, block_size, bits)
    row_codes, row_scales = absmax(w, bits, 1)
    return {
        **of_any_shape_mistakes(w, block_size, bits),
        "There is a scale for each row; blocks go on from one row into the next.": [row_codes, row_scales.flatten()],
        "Blocks begin anew in every row; they go on from one row into the next.": lambda: row_by_row(
            w, block_size, bits
        ),
        "The codes come back in one dimension, not in the shape of w.": [codes.flatten(), scales],
        "Blocks run down the columns; they go along the rows.": lambda: down_columns(w, block_size, bits),
    }


@exercise("blockwise_quantize", points=2)
def test_a_scale_for_each_block(student, rng):
    shape, block_size, bits = rng.choice([(5, 8), (4, 9)]), rng.choice([7, 11]), rng.choice([3, 4, 5])
    w = numbers_in_blocks(rng, shape, block_size, bits)
    expect_close(
        student.blockwise_quantize(w, block_size, bits),
        blockwise(w, block_size, bits),
        what="What blockwise_quantize gives",
        mistakes=blockwise_mistakes(w, block_size, bits),
        advice="Take w.flatten() in pieces of block_size; each piece is absmax with a scale of its own.",
    )
    expect_blocks_in_bf16(student, rng, (6, 20), 16)


@exercise("blockwise_quantize")
def test_every_tensor_has_its_blocks(student, rng):
    w = numbers_in_blocks(rng, (4, 6), 8, 4)  # three blocks, none of them shorter
    codes, scales = blockwise(w, 8, 4)
    expect_close(
        student.blockwise_quantize(w, 8, 4),
        [codes, scales],
        what="What blockwise_quantize gives for blocks that fit exactly",
        mistakes={**exact_blocks_mistakes(codes, scales), **blockwise_mistakes(w, 8, 4)},
    )
    expect_blocks_of_a_view(student, rng, (4, 6), 5)
    expect_a_block_of_zeros(student, rng)
    expect_no_blocks(student, (0,), 4)


@exercise("blockwise_quantize")
def test_wrong_block_sizes_are_an_error(student, rng):
    n = rng.randint(4, 9)
    w = without_block_ties(rng.randn(n), n, 8)
    singles = rng.randn(n)  # as blocks of one number, none of which is zero

    def allowed(w, block_size, what):
        return lambda: expect_close(
            student.blockwise_quantize(w, block_size, 8), blockwise(w, block_size, 8), what=what
        )

    in_drawn_order(
        rng,
        *(
            rejected(
                lambda block_size=block_size: student.blockwise_quantize(w, block_size, 4),
                "blockwise_quantize with block_size below 1",
                advice=f"Here block_size is {block_size}.",
            )
            for block_size in (0, -1, rng.randint(-9, -1))
        ),
        *(
            rejected(
                lambda bits=bits: student.blockwise_quantize(w, 3, bits),
                "blockwise_quantize with bits outside 2 to 8",
                advice=f"Here bits is {bits}.",
                explained=False,  # absmax_quantize may say it
            )
            for bits in (1, 9)
        ),
        rejected(
            lambda: student.blockwise_quantize(torch.zeros(0), 3, 9),
            "blockwise_quantize with bits outside 2 to 8",
            advice="Here w is empty and bits is 9.",
            explained=False,
        ),
        rejected(
            lambda: student.blockwise_quantize(torch.zeros(0), 0, 8),
            "blockwise_quantize with block_size below 1",
            advice="Here w is empty and block_size is 0.",
            explained=False,
        ),
        allowed(w, n, "What blockwise_quantize gives for a single block"),
        allowed(singles, 1, "What blockwise_quantize gives for blocks of one number"),
    )
