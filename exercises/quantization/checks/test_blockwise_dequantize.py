"""Checks of `blockwise_dequantize`."""

import torch
from quantization_oracles import blockwise_back

from autograder.checks import AnyOf, exercise, expect_close, in_drawn_order, rejected


@exercise("blockwise_dequantize")
def test_each_code_times_its_blocks_scale(student, rng):
    q, scales = torch.tensor([2, -5, 7, 2, 7], dtype=torch.int8), torch.tensor([4 / 7, 30 / 7])
    expect_close(
        student.blockwise_dequantize(q, scales, 3),
        torch.tensor([8 / 7, -20 / 7, 4.0, 60 / 7, 30.0]),
        what="The docstring's codes, dequantized,",
        mistakes={
            "The scales take turns from number to number; each serves a whole block.": torch.tensor(
                [8 / 7, -150 / 7, 4.0, 60 / 7, 4]
            ),
        },
    )
    codes, scales = rng.randint(-7, 8, (9,)).to(torch.int8), rng.rand(3) + 0.1
    codes[3] = 7  # the first block's last
    expect_close(
        student.blockwise_dequantize(codes, scales, 4),
        blockwise_back(codes, scales, 4).float(),
        what="Nine codes in blocks of four, dequantized,",
        mistakes={
            "The scales are spread evenly over the codes; block_size says how many codes each serves.": (
                codes * scales.repeat_interleave(3)
            ),
            "The scales take turns from number to number; each serves a whole block.": codes * scales.repeat(3),
            "Only the first block's scale is used.": codes * scales[0],
        },
    )
    codes, scales = rng.randint(-7, 8, (4, 9)).to(torch.int8), rng.randn(4).abs() + 0.1
    expected = blockwise_back(codes, scales, 11).float()
    expect_close(
        student.blockwise_dequantize(codes, scales, 11),
        expected,
        what="Codes of two dimensions, dequantized,",
        mistakes={
            "Each row gets one scale; blocks go on from one row into the next.": lambda: codes * scales[:, None],
            "The scales take turns from number to number; each serves a whole block.": lambda: (
                codes.flatten() * scales[torch.arange(36) % 4]
            ).view(4, 9),
            "What comes out has one dimension, not the shape of the codes.": expected.flatten(),
            "Only the first block's scale is used.": lambda: codes * scales[0],
            "Blocks run down the columns; they go along the rows.": lambda: (
                blockwise_back(codes.T, scales, 11).T.float().contiguous()
            ),
        },
    )


@exercise("blockwise_dequantize")
def test_three_dimensions_come_back(student, rng):
    codes, scales = rng.randint(-7, 8, (3, 1, 8)).to(torch.int8), rng.rand(5) + 0.1
    expected = blockwise_back(codes, scales, 5).float()
    expect_close(
        student.blockwise_dequantize(codes, scales, 5),
        expected,
        what="Codes of three dimensions, dequantized,",
        mistakes={
            "What comes out has one dimension, not the shape of the codes.": expected.flatten(),
            "What comes out is a matrix, not in the shape of the codes.": AnyOf(
                expected.view(3, 8), expected.view(1, 24)
            ),
        },
    )


@exercise("blockwise_dequantize")
def test_another_block_size_is_an_error(student, rng):
    n = rng.randint(5, 7)
    q, scales = rng.randint(-7, 8, (n,)).to(torch.int8), rng.rand(2) + 0.1  # two blocks of 3, 4 or 5

    def allowed(block_size):
        expected = blockwise_back(q, scales, block_size).float()
        what = "Codes in a block size that fits, dequantized,"
        return lambda: expect_close(student.blockwise_dequantize(q, scales, block_size), expected, what=what)

    in_drawn_order(
        rng,
        *(
            rejected(
                lambda block_size=block_size: student.blockwise_dequantize(q, scales, block_size),
                "blockwise_dequantize with the block size of another tensor",
                advice="Compare the number of scales with the number of blocks, rounded up.",
            )
            for block_size in (2, n, n + rng.randint(1, 9))
        ),
        allowed(3),
        allowed(4),
    )
