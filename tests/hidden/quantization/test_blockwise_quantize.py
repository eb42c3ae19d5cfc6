"""Hidden checks of `blockwise_quantize`."""

import torch
from quantization_oracles import absmax, blockwise, scale_blocks, without_block_ties

from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail, probe


def draw_numbers(rng, shape, block_size, bits):
    """Numbers whose size changes from block to block, without ties."""
    return without_block_ties(scale_blocks(rng, rng.randn(*shape), block_size), block_size, bits)


@exercise("blockwise_quantize")
def test_empty_tensors_and_large_and_small_blocks(student, rng):
    try:
        result = student.blockwise_quantize(torch.zeros(0), 4, 8)
    except StudentError as error:
        fail("It rejects an empty tensor.", got=str(error))
    expect_equal(
        result,
        [torch.zeros(0, dtype=torch.int8), torch.zeros(0)],
        what="What blockwise_quantize gives for an empty tensor",
    )
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
            mistakes={
                "When the blocks fit exactly, there is a scale too many.": [
                    codes,
                    torch.cat([scales, torch.ones(1)]),
                ],
            },
        )


@exercise("blockwise_quantize")
def test_a_block_of_nothing_but_zeros(student, rng):
    w = draw_numbers(rng, (4, 6), 5, 8)
    w.view(-1)[5:10] = 0
    q, scales = student.blockwise_quantize(w, 5, 8)
    expected_codes, expected_scales = blockwise(w, 5, 8)
    if not scales.isfinite().all():
        fail("The scale of a block of zeros is not a finite number.")
    keep = torch.tensor([0, 2, 3, 4])
    expect_close(
        [q, scales[keep]],
        [expected_codes, expected_scales[keep]],
        what="What blockwise_quantize gives beside a block of zeros",
    )


@probe
def blocks_of_a_view(student, w, block_size):
    """blockwise_quantize of w's transpose, which is a view with the numbers in another order."""
    return student.blockwise_quantize(w.T, block_size, 8)


@exercise("blockwise_quantize")
def test_a_view_is_read_in_its_own_order(student, rng):
    w = draw_numbers(rng, (6, 5), 7, 8)
    w = without_block_ties(w.T, 7, 8).T.contiguous()
    try:
        result = student.run(blocks_of_a_view, w, 7)
    except StudentError as error:
        fail("It rejects a transposed weight: view() needs a contiguous tensor, flatten() does not.", got=str(error))
    expect_close(result, blockwise(w.T, 7, 8), what="What blockwise_quantize gives for a transposed view")


@exercise("blockwise_quantize")
def test_bf16_in_blocks(student, rng):
    w = rng.randn(6, 20).bfloat16()
    w = without_block_ties(w, 16, 8)
    blocks = torch.nn.functional.pad(w.flatten(), (0, 8)).view(8, 16)
    coarse_scales = blocks.abs().amax(dim=1, keepdim=True) / 127  # in bf16
    coarse_codes = (blocks / coarse_scales).round().clamp(-127, 127).to(torch.int8).flatten()[:120].view(6, 20)
    expect_close(
        student.blockwise_quantize(w, 16, 8),
        blockwise(w, 16, 8),
        what="What blockwise_quantize gives for bf16",
        mistakes={
            "It computes in bf16, which is too coarse for codes up to 127.": AnyOf(
                [coarse_codes, coarse_scales.flatten().float()], [coarse_codes, coarse_scales.flatten()]
            ),
        },
    )


@exercise("blockwise_quantize")
def test_blocks_as_long_as_a_row(student, rng):
    w = draw_numbers(rng, (5, 9), 9, 4)
    q, scales = student.blockwise_quantize(w, 9, 4)
    expect_close([q, scales[:, None]], absmax(w, 4, 1), what="Blocks as long as a row, against a scale for each row,")
