"""Hidden checks of `blockwise_dequantize`."""

import torch
from quantization_oracles import block_count, blockwise_back

from autograder.checks import StudentError, exercise, expect_close, fail


@exercise("blockwise_dequantize")
def test_other_shapes_in_blocks(student, rng):
    for shape, block_size in (((0,), 4), ((2, 3, 4), 5), ((3, 5), 100), ((6,), 1), ((), 3)):
        n = torch.Size(shape).numel()
        q = rng.randint(-127, 128, shape).to(torch.int8)
        scales = rng.randn(block_count(n, block_size)).abs()
        try:
            result = student.blockwise_dequantize(q, scales, block_size)
        except StudentError as error:
            fail("It rejects codes of some shape or block size.", got=str(error))
        expect_close(result, blockwise_back(q, scales, block_size).float(), what="Codes of another shape, dequantized,")
