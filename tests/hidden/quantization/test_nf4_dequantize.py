"""Hidden checks of `nf4_dequantize`."""

import torch
from quantization_oracles import block_count, expect_blocks_of_64, nf4_back

from autograder.checks import StudentError, exercise, expect_close, expect_error, fail


@exercise("nf4_dequantize")
def test_nf4_dequantize_of_other_shapes(student, rng):
    for shape, block_size in (((0,), 4), ((3, 3, 3), 5), ((3, 5), 64), ((), 3), ([7, 2], 1)):
        n = torch.Size(shape).numel()
        packed = rng.randint(0, 256, (block_count(n, 2),)).to(torch.uint8)
        maxima = rng.randn(block_count(n, block_size)).abs()
        try:
            result = student.nf4_dequantize(packed, maxima, shape, block_size)
        except StudentError as error:
            rejected = "the shape of a single number, ()" if shape == () else "some shape or block size"
            fail(f"nf4_dequantize rejects {rejected}.", got=str(error))
        expected = nf4_back(packed, maxima, n, block_size).view(torch.Size(shape))
        expect_close(result, expected, what="Codes of another shape out of NF4")


@exercise("nf4_dequantize")
def test_block_size_defaults_to_64(student, rng):
    for shape in ((16, 10), (rng.randint(130, 190),)):  # the last block is shorter
        expect_blocks_of_64(student, rng, shape)


@exercise("nf4_dequantize")
def test_wrong_numbers_of_bytes_are_an_error(student, rng):
    packed, maxima = rng.randint(0, 256, (5,)).to(torch.uint8), rng.randn(2).abs()
    for shape, block_size in (((8,), 5), ((10,), 4), ((10,), 10), ((9,), 9)):
        with expect_error("ValueError", what="nf4_dequantize with bytes or block maxima that do not fit the shape"):
            student.nf4_dequantize(packed, maxima, shape, block_size)
    expected = nf4_back(packed, maxima, 10, 5)
    expect_close(student.nf4_dequantize(packed, maxima, (10,), 5), expected, what="Bytes that fit, dequantized,")
