"""Checks of `blockwise_quantize`."""

import torch
from quantization_oracles import absmax, block_of, blockwise, blocky

from autograder.checks import exercise, expect_close, expect_equal, expect_error


@exercise("blockwise_quantize")
def test_the_docstrings_blocks(student):
    w = torch.tensor([1.0, -3, 4, 10, 30])
    expect_close(
        student.blockwise_quantize(w, 3, 4),
        [torch.tensor([2, -5, 7, 2, 7], dtype=torch.int8), torch.tensor([4 / 7, 30 / 7])],
        what="What blockwise_quantize gives for the docstring's numbers",
        mistakes={
            "One scale serves the whole tensor; each block needs its own.": [
                torch.tensor([0, -1, 1, 2, 7], dtype=torch.int8),
                torch.tensor([30 / 7]),
            ],
            "The last, shorter block is left out.": [
                torch.tensor([2, -5, 7, 0, 0], dtype=torch.int8),
                torch.tensor([4 / 7]),
            ],
            "The last, shorter block is not quantized with a scale of its own.": [
                torch.tensor([2, -5, 7, 18, 52], dtype=torch.int8),
                torch.tensor([4 / 7]),
            ],
            "Each number gets every block in turn, instead of the numbers of a block lying side by side.": [
                torch.tensor([0, -2, 1, 7, 7], dtype=torch.int8),
                torch.tensor([30 / 7, 10 / 7]),
            ],
        },
    )


@exercise("blockwise_quantize", points=2)
def test_a_scale_for_each_block(student, rng):
    shape, block_size, bits = rng.choice([(5, 8), (4, 9)]), rng.choice([7, 11]), rng.choice([3, 4, 5])
    w = blocky(rng, shape, block_size, bits)
    n, last = w.numel(), w.numel() // block_size * block_size
    w.view(-1)[last:] /= 4 * w.view(-1)[last:].abs().max()  # the last, shorter block is small
    right = blockwise(w, block_size, bits)
    columns = blockwise(w.T.contiguous(), block_size, bits)

    def row_by_row():
        """[codes, scales] when no block reaches beyond the end of a row."""
        rows = [blockwise(row, block_size, bits) for row in w]
        return [torch.stack([codes for codes, _ in rows]), torch.cat([scales for _, scales in rows])]

    def ragged(change):
        """[codes, scales] when the last block's scale is made from something else."""
        scales = right[1].clone()
        scales[-1] = change
        codes = (w.double() / scales.double()[block_of(n, block_size)].view(shape)).round()
        return [codes.clamp(-128, 127).to(torch.int8), scales]

    expect_close(
        student.blockwise_quantize(w, block_size, bits),
        right,
        what="What blockwise_quantize gives",
        mistakes={
            "One scale serves the whole tensor; each block needs its own.": lambda: [
                absmax(w, bits)[0],
                absmax(w, bits)[1].reshape(1),
            ],
            "One scale serves the whole tensor, repeated for each block.": lambda: [
                absmax(w, bits)[0],
                absmax(w, bits)[1].expand(len(right[1])).contiguous(),
            ],
            "There is a scale for each row; blocks go on from one row into the next.": lambda: [
                absmax(w, bits, 1)[0],
                absmax(w, bits, 1)[1].flatten(),
            ],
            "Blocks begin anew in every row; they go on from one row into the next.": lambda: row_by_row(),
            "The codes come back in one dimension, not in the shape of w.": lambda: [right[0].flatten(), right[1]],
            "Blocks run down the columns; they go along the rows.": lambda: [columns[0].T.contiguous(), columns[1]],
            "The last, shorter block is filled up with ones, which go into its scale.": lambda: ragged(
                max(float(w.flatten()[last:].abs().max()), 1.0) / (2 ** (bits - 1) - 1)
            ),
            "The last, shorter block borrows the scale of the one before.": lambda: ragged(right[1][-2]),
            "bits is not used.": lambda: blockwise(w, block_size, 8),
            "The scales are the blocks' largest magnitudes, not yet divided by qmax.": lambda: [
                right[0],
                right[1] * (2 ** (bits - 1) - 1),
            ],
        },
        advice="Take w.flatten() in pieces of block_size; each piece is absmax with a scale of its own.",
    )


@exercise("blockwise_quantize")
def test_block_sizes_that_make_no_sense(student):
    w = torch.tensor([1.0, -3, 4, 10, 30])
    for block_size, bits in ((0, 4), (-1, 4), (3, 1)):
        with expect_error("ValueError", what=f"blockwise_quantize with block_size={block_size}, bits={bits}"):
            student.blockwise_quantize(w, block_size, bits)
    expect_equal(
        student.blockwise_quantize(w, 5, 8)[0],
        torch.tensor([4, -13, 17, 42, 127], dtype=torch.int8),
        what="The codes of a single block",
    )
