"""Checks of `nf4_dequantize`."""

import torch
from quantization_oracles import NF4, UNIFORM, block_of, expect_blocks_of_64, nf4_back, unpack

from autograder.checks import AnyOf, StudentError, exercise, expect_close, fail, in_drawn_order, rejected

FEW_DIGITS = "The levels are rounded to a few digits; take NF4_LEVELS as they are."


@exercise("nf4_dequantize")
def test_nf4_dequantize_docstring_example(student, rng):
    packed, maxima = torch.tensor([162, 127], dtype=torch.uint8), torch.tensor([2.0])
    codes = torch.tensor([[10, 2], [7, 15]])
    expected = (NF4[codes] * 2).float()
    expect_close(
        student.nf4_dequantize(packed, maxima, (2, 2), block_size=4),
        expected,
        what="The docstring's bytes, dequantized,",
        mistakes={
            "The halves of each byte are swapped; the first code is in the high half.": expected.flip(1),
            "What comes out has one dimension; shape is not used.": expected.flatten(),
            "The levels are not multiplied by the block's largest magnitude.": expected / 2,
            "All high halves come first, then all low halves; they take turns.": expected.T,
            "The codes are read as int4, (code - 8) / 7, not as NF4.": (codes - 8) / 7 * 2,
            "The levels are rounded to 16 bits.": AnyOf(
                (NF4.half()[codes] * 2).float(), (NF4.bfloat16()[codes] * 2).float()
            ),
            FEW_DIGITS: AnyOf(*((NF4.round(decimals=digits)[codes] * 2).float() for digits in (2, 3, 4))),
        },
    )
    packed, maxima = rng.randint(0, 256, (4,)).to(torch.uint8), rng.rand(2) + 0.1
    expect_close(
        student.nf4_dequantize(packed, maxima, (2, 4), block_size=4),
        nf4_back(packed, maxima, 8, 4).view(2, 4),
        what="Four bytes, dequantized,",
    )


def nf4_back_mistakes(codes, maxima, block_size):
    """Sentence → levels times the block's largest magnitude, (n,) fp64, as the mistake has them."""
    n = len(codes)
    spread = maxima.double()[block_of(n, block_size)]
    swapped = codes.view(-1, 2).flip(1).flatten()
    guessed_size = -(-n // len(maxima))
    return {
        "The halves of each byte are swapped; the first code is in the high half.": NF4[swapped] * spread,
        "The levels are evenly spaced; those of NF4 lie closer together near zero.": UNIFORM[codes] * spread,
        "The codes are read as int4, (code - 8) / 7, not as NF4.": (codes.double() - 8) / 7 * spread,
        "The block maxima take turns from number to number; each serves a whole block.": (
            NF4[codes] * maxima.double()[torch.arange(n) % len(maxima)]
        ),
        "All high halves come first, then all low halves; they take turns.": (
            NF4[torch.cat([codes[0::2], codes[1::2]])] * spread
        ),
        "Both codes of a byte get the largest magnitude of the first one's block; with odd blocks a byte has two.": (
            NF4[codes] * maxima.double()[torch.arange(n) // 2 * 2 // block_size]
        ),
        "The levels are rounded to 16 bits.": NF4.half().double()[codes] * spread,
        FEW_DIGITS: AnyOf(*((NF4.round(decimals=digits)[codes] * spread).float().view(8, 64) for digits in (2, 3, 4))),
        "Only the first block's largest magnitude is used.": NF4[codes] * maxima[0].double(),
        "block_size is not used: it is guessed from the number of blocks.": (
            NF4[codes] * maxima.double()[block_of(n, guessed_size)]
        ),
        "The codes count the levels from the largest down; code 0 is the lowest level.": NF4[15 - codes] * spread,
    }


@exercise("nf4_dequantize", points=2)
def test_all_256_bytes(student, rng):
    packed = torch.randperm(256, generator=rng).to(torch.uint8)
    maxima = rng.randn(12).abs() + 0.1
    codes = unpack(packed, 512)
    expected = NF4[codes] * maxima.double()[block_of(512, 45)]
    mistakes = nf4_back_mistakes(codes, maxima, 45)
    try:
        result = student.nf4_dequantize(packed, maxima, (8, 64), 45)
    except StudentError as error:
        fail("nf4_dequantize rejects some shape or block size.", got=str(error))
    expect_close(
        result,
        expected.float().view(8, 64),
        what="All 256 bytes, dequantized,",
        mistakes={
            sentence: wrong if isinstance(wrong, AnyOf) else wrong.float().view(8, 64)
            for sentence, wrong in mistakes.items()
        },
        advice="packed >> 4 is the first code of a byte, packed & 15 the second.",
    )


@exercise("nf4_dequantize")
def test_bytes_of_another_shape_are_an_error(student, rng):
    packed, maxima = rng.randint(0, 256, (2,)).to(torch.uint8), rng.rand(1) + 0.1

    def allowed(shape, what):
        expected = nf4_back(packed, maxima, torch.Size(shape).numel(), 64).view(shape)
        return lambda: expect_close(student.nf4_dequantize(packed, maxima, shape), expected, what=what)

    in_drawn_order(
        rng,
        *(
            rejected(
                lambda shape=shape, block_size=block_size, blocks=blocks: student.nf4_dequantize(
                    packed, maxima.repeat(blocks), shape, block_size
                ),
                "nf4_dequantize with a shape or block size of another tensor",
                advice=f"Two bytes and {blocks} block maxima, shape {shape}, block_size {block_size}.",
            )
            for shape, block_size, blocks in (
                ((2, 3), 64, 1),
                ((5,), 64, 1),  # a byte too few
                ((2, 1), 64, 1),
                ((2, 2), 3, 1),
                ((2, 2), 64, 2),
                ((2, 2), 64, 0),
                ((3,), 3, 2),  # there is a second block only in what is left of the last byte
                ((rng.randint(6, 9),), 64, 1),
            )
        ),
        allowed((3,), "An odd number of codes, dequantized,"),
        allowed((2, 2), "Two bytes, dequantized,"),
    )


@exercise("nf4_dequantize")
def test_blocks_are_64_numbers_long(student, rng):
    expect_blocks_of_64(student, rng, (16, 1, 8))
