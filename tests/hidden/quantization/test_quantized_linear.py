"""Hidden checks of `QuantizedLinear`."""

import torch
from quantization_layer_oracles import QuantizedCase, expect_it_computes_from_its_state
from quantization_oracles import block_count, scale_blocks, size_of, without_block_ties

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def quantized_layer(student, weight, bias, bits, block_size, x, asked):
    """What is asked of a quantized layer, by name."""
    from torch.multiprocessing.reductions import StorageWeakRef

    linear = builders.linear(weight, bias)
    original = StorageWeakRef(linear.weight.untyped_storage())
    layer = student.QuantizedLinear(linear, bits, block_size)
    del linear
    answers = {
        "output": lambda: layer(x),
        "state": lambda: dict(layer.state_dict()),
        "memory_bytes": layer.memory_bytes,
        "holds_the_original": lambda: not original.expired(),
        "modes": lambda: [layer.eval()(x), layer.train()(x)],
    }
    return {name: answers[name]() for name in asked}


def draw_case(rng, bits, block_size, d_in=12, d_out=9, dtype=torch.float32):
    """A layer of this dtype whose weight has no ties."""
    weight = scale_blocks(rng, rng.randn(d_out, d_in), block_size)
    weight = without_block_ties(weight, block_size, bits).to(dtype)
    return QuantizedCase(rng, without_block_ties(weight, block_size, bits), bits, block_size)


def run_case(student, case, *asked, bias=True, x=None):
    """`quantized_layer` with what the case holds."""
    bias, x = case.bias if bias else None, case.x if x is None else x
    return student.run(quantized_layer, case.weight, bias, case.bits, case.block_size, x, asked)


def expect_output(case, output, what, bias=None, x=None):
    """Compare what the layer computed with what it must compute."""
    expect_close(
        output.double(),
        case.output(case.quantized, bias, x),
        what=what,
        rtol=1e-4,
        atol=1e-5 * float(case.weight.abs().max()),
    )


def expect_it_reads_its_state(student, rng, bits):
    """`expect_it_computes_from_its_state` of layers drawn here."""
    expect_it_computes_from_its_state(student, *(draw_case(rng, bits, 10) for _ in range(3)))


@exercise("QuantizedLinear")
def test_without_bias_and_with_more_dimensions(student, rng):
    for bits in (4, 8):
        case = draw_case(rng, bits, 10, d_in=7, d_out=9)  # 63 codes: the last byte of 4-bit ones is half empty
        for shape in ((7,), (2, 3, 7), (0, 7)):
            x = rng.randn(*shape)
            try:
                output = run_case(student, case, "output", bias=False, x=x)["output"]
            except StudentError as error:
                fail(
                    "It rejects a layer without bias, an odd number of weights or another shape of input.",
                    got=str(error),
                )
            expect_output(case, output, "The output without bias", torch.zeros(9), x)


@exercise("QuantizedLinear")
def test_the_dtype_of_the_linear_layer_is_kept(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-5), (torch.bfloat16, 0.05)):
        case = draw_case(rng, 8, 10, dtype=dtype)
        try:
            result = run_case(student, case, "output", "state")
        except StudentError as error:
            if error.type != "RuntimeError":
                raise
            fail("The layer does not compute in the dtype of the linear layer.", got=str(error))
        if result["output"].dtype != dtype:
            fail("What comes out does not have the dtype of the linear layer.")
        scales = [t for t in result["state"].values() if t.is_floating_point() and t.numel() == len(case.scales)]
        if not any(t.dtype == torch.float32 for t in scales):
            fail("The state holds no scales in fp32.")
        expected = case.output(case.quantized)
        expect_close(
            result["output"].double(),
            expected,
            what="The output in another dtype",
            rtol=0,
            atol=tolerance * float(expected.abs().max()),
        )


@exercise("QuantizedLinear")
def test_the_original_weight_is_released(student, rng):
    case = draw_case(rng, 4, 10)
    result = run_case(student, case, "output", "state", "holds_the_original")
    expect_output(case, result["output"], "The output of a layer whose linear layer is gone")
    if any(tensor.is_floating_point() and tensor.numel() >= case.weight.numel() for tensor in result["state"].values()):
        fail("The weight is kept in floating-point numbers, so nothing is saved.")
    if result["holds_the_original"]:
        fail("The layer still holds the weight that it was made from, outside of its state.")
    expect_it_reads_its_state(student, rng, 4)


@exercise("QuantizedLinear")
def test_the_bytes_of_a_larger_layer(student, rng):
    for bits, block_size in ((4, 64), (8, 32), (4, 1000)):
        d_in, d_out = (
            2 * rng.randint(18, 23),
            rng.randint(25, 35),
        )  # an even number of weights: odd ones are asked above
        case = draw_case(rng, bits, block_size, d_in=d_in, d_out=d_out)
        result = run_case(student, case, "output", "state", "memory_bytes")
        expect_output(case, result["output"], "The output of a larger layer")
        n = d_in * d_out
        codes, scales, bias = -(-n * bits // 8), 4 * block_count(n, block_size), 4 * d_out
        expected = codes + scales + bias
        total = sum(map(size_of, result["state"].values()))
        if not expected <= total <= expected + 64:
            fail("The state does not take the bytes of codes, scales and bias.")
        if result["memory_bytes"] != expected:  # what the layer keeps besides, such as the shape, may count or not
            expect_equal(result["memory_bytes"], total, what="memory_bytes() of a larger layer")
    expect_it_reads_its_state(student, rng, 4)


@exercise("QuantizedLinear")
def test_modes_change_nothing(student, rng):
    case = draw_case(rng, 4, 10)
    result = run_case(student, case, "modes")
    expected = case.output(case.quantized)
    expect_close(
        [output.double() for output in result["modes"]],
        [expected, expected],
        what="The output in eval or train mode",
        rtol=1e-4,
        atol=1e-5 * float(expected.abs().max()),
    )
