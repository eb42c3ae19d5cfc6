"""Checks of `nf4_dequantize`."""

import torch
from quantization_oracles import NF4, block_of, unpack

from autograder.checks import exercise, expect_close, expect_error


@exercise("nf4_dequantize")
def test_the_docstrings_bytes_back(student):
    packed, maxima = torch.tensor([162, 127], dtype=torch.uint8), torch.tensor([2.0])
    right = (NF4[torch.tensor([10, 2, 7, 15])] * 2).float().view(2, 2)
    expect_close(
        student.nf4_dequantize(packed, maxima, (2, 2), block_size=4),
        right,
        what="The docstring's bytes, dequantized,",
        mistakes={
            "The halves of each byte are swapped; the first code is in the high half.": right.flip(1),
            "What comes out has one dimension; shape is not used.": right.flatten(),
            "The levels are not multiplied by the block's largest magnitude.": right / 2,
            "All high halves come first, then all low halves; they take turns.": right.T,
            "The codes are read as int4, (code - 8) / 7, not as NF4.": (
                (torch.tensor([[10.0, 2], [7, 15]]) - 8) / 7 * 2
            ),
        },
    )


@exercise("nf4_dequantize", points=2)
def test_every_byte_back(student, rng):
    packed = torch.randperm(256, generator=rng).to(torch.uint8)
    maxima = rng.randn(12).abs() + 0.1
    codes = unpack(packed, 512)
    scale = maxima.double()[block_of(512, 45)]
    swapped = codes.view(-1, 2).flip(1).flatten()

    def decoded(levels):
        return (levels * scale).float().view(8, 64)

    expect_close(
        student.nf4_dequantize(packed, maxima, (8, 64), 45),
        decoded(NF4[codes]),
        what="All 256 bytes, dequantized,",
        mistakes={
            "The halves of each byte are swapped; the first code is in the high half.": lambda: decoded(NF4[swapped]),
            "The levels are evenly spaced; those of NF4 lie closer together near zero.": lambda: decoded(
                torch.linspace(-1, 1, 16, dtype=torch.float64)[codes]
            ),
            "The codes are read as int4, (code - 8) / 7, not as NF4.": lambda: decoded((codes.double() - 8) / 7),
            "The block maxima are laid out in turn instead of block by block.": lambda: (
                (NF4[codes] * maxima.double()[torch.arange(512) % 12]).float().view(8, 64)
            ),
            "All high halves come first, then all low halves; they take turns.": lambda: decoded(
                NF4[torch.cat([codes[0::2], codes[1::2]])]
            ),
            "Only the first block's largest magnitude is used.": lambda: (
                (NF4[codes] * maxima[0].double()).float().view(8, 64)
            ),
            "block_size is not used: every block is taken to be as long as the first fits in.": lambda: (
                (NF4[codes] * maxima.double()[block_of(512, 43)]).float().view(8, 64)
            ),
            "The signs are turned round: the codes count from the largest level down.": lambda: decoded(
                NF4[15 - codes]
            ),
        },
        advice="packed >> 4 is the first code of a byte, packed & 15 the second.",
    )


@exercise("nf4_dequantize")
def test_bytes_of_another_shape_are_an_error(student):
    packed, maxima = torch.tensor([162, 127], dtype=torch.uint8), torch.tensor([2.0])
    for shape, block_size in (((2, 3), 64), ((2, 1), 64), ((2, 2), 3)):
        with expect_error("ValueError", what="nf4_dequantize with a shape or block size of another tensor"):
            student.nf4_dequantize(packed, maxima, shape, block_size)
    expect_close(
        student.nf4_dequantize(packed, maxima, (3,)),
        (NF4[torch.tensor([10, 2, 7])] * 2).float(),
        what="An odd number of codes, dequantized,",
    )
