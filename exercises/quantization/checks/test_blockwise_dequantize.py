"""Checks of `blockwise_dequantize`."""

import torch
from quantization_oracles import blockwise_back

from autograder.checks import exercise, expect_close, expect_error


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
def test_another_block_size_is_an_error(student):
    q, scales = torch.tensor([2, -5, 7, 2, 7], dtype=torch.int8), torch.tensor([4 / 7, 30 / 7])
    for block_size in (2, 5):
        with expect_error(
            "ValueError",
            what="blockwise_dequantize with the block size of another tensor",
            advice="Compare the number of scales with the number of blocks, rounded up.",
            explained=True,
        ):
            student.blockwise_dequantize(q, scales, block_size)
    expect_close(
        student.blockwise_dequantize(q, scales, 4),
        torch.tensor([8 / 7, -20 / 7, 4.0, 8 / 7, 30.0]),
        what="Codes in another block size that fits, dequantized,",
    )
