"""Hidden checks of `QuantizedLinear`."""

import torch
from quantization_layer_oracles import QuantizedCase, codes_of_one_and_floats_of_other
from quantization_oracles import block_count, blockwise_back, scale_blocks, size_of, without_block_ties

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def quantized_layer(student, weight, bias, bits, block_size, x, state):
    """Output, state, memory_bytes, and whether the quantized layer still holds the linear layer's own weight."""
    from torch.multiprocessing.reductions import StorageWeakRef

    linear = builders.linear(weight, bias)
    original = StorageWeakRef(linear.weight.untyped_storage())
    layer = student.QuantizedLinear(linear, bits, block_size)
    del linear
    if state is not None:
        layer.load_state_dict(state)
    return {
        "output": layer(x),
        "state": dict(layer.state_dict()),
        "memory_bytes": layer.memory_bytes(),
        "holds_the_original": not original.expired(),
        "modes": [layer.eval()(x), layer.train()(x)],
    }


def draw_case(rng, bits, block_size, d_in=12, d_out=9, dtype=torch.float32):
    """A layer of this dtype whose weight has no ties."""
    weight = scale_blocks(rng, rng.randn(d_out, d_in), block_size)
    weight = without_block_ties(weight, block_size, bits).to(dtype)
    return QuantizedCase(rng, without_block_ties(weight, block_size, bits), bits, block_size)


def run_case(student, case, bias=True, x=None, state=None):
    """`quantized_layer` with what the case holds."""
    bias, x = case.bias if bias else None, case.x if x is None else x
    return student.run(quantized_layer, case.weight, bias, case.bits, case.block_size, x, state)


def expect_it_computes_from_its_state(student, rng, bits):
    """Fail unless codes from one state and scales from another, put together here, are what the layer computes with.

    Ends the checks that can only ask the student's process what it holds.
    """
    one, two, three = (draw_case(rng, bits, 10) for _ in range(3))
    states = [run_case(student, case)["state"] for case in (one, two)]
    output = run_case(student, three, state=codes_of_one_and_floats_of_other(*states))["output"]
    expected = three.output(blockwise_back(one.codes, two.scales, 10), two.bias)
    expect_close(
        output.double(),
        expected,
        what="The output after loading codes and scales",
        rtol=1e-4,
        atol=1e-5 * float(expected.abs().max()),
    )


@exercise("QuantizedLinear")
def test_without_bias_and_with_more_dimensions(student, rng):
    for bits in (4, 8):
        case = draw_case(rng, bits, 10, d_in=7, d_out=9)  # 63 codes: the last byte of 4-bit ones is half empty
        for shape in ((7,), (2, 3, 7), (0, 7)):
            x = rng.randn(*shape)
            try:
                output = run_case(student, case, bias=False, x=x)["output"]
            except StudentError as error:
                fail(
                    "It rejects a layer without bias, an odd number of weights or another shape of input.",
                    got=str(error),
                )
            expect_close(
                output.double(),
                case.output(case.quantized, torch.zeros(9), x),
                what="The output without bias",
                rtol=1e-4,
                atol=1e-5 * float(case.weight.abs().max()),
            )


@exercise("QuantizedLinear")
def test_the_dtype_of_the_linear_layer_is_kept(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-5), (torch.bfloat16, 0.05)):
        case = draw_case(rng, 8, 10, dtype=dtype)
        try:
            result = run_case(student, case)
        except StudentError as error:
            if error.type != "RuntimeError":
                raise
            fail("The layer does not compute in the dtype of the linear layer.", got=str(error))
        if result["output"].dtype != dtype:
            fail("What comes out does not have the dtype of the linear layer.")
        scales = [t for t in result["state"].values() if t.is_floating_point() and t.numel() == len(case.scales)]
        if not any(t.dtype == torch.float32 for t in scales):
            fail("The scales are not kept in fp32.")
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
    result = run_case(student, case)
    if any(tensor.is_floating_point() and tensor.numel() >= case.weight.numel() for tensor in result["state"].values()):
        fail("The weight is kept in floating-point numbers, so nothing is saved.")
    if result["holds_the_original"]:
        fail("The layer still holds the weight that it was made from, outside of its state.")
    expect_it_computes_from_its_state(student, rng, 4)


@exercise("QuantizedLinear")
def test_the_bytes_of_a_larger_layer(student, rng):
    for bits, block_size in ((4, 64), (8, 32), (4, 1000)):
        case = draw_case(rng, bits, block_size, d_in=40, d_out=30)
        result = run_case(student, case)
        codes, scales, bias = 1200 * bits // 8, 4 * block_count(1200, block_size), 4 * 30
        expected = codes + scales + bias
        total = sum(map(size_of, result["state"].values()))
        if not expected <= total <= expected + 64:
            fail("The state does not take the bytes of codes, scales and bias.")
        expect_equal(result["memory_bytes"], total, what="memory_bytes() of a larger layer")
    expect_it_computes_from_its_state(student, rng, 4)


@exercise("QuantizedLinear")
def test_modes_change_nothing(student, rng):
    case = draw_case(rng, 4, 10)
    result = run_case(student, case)
    expected = case.output(case.quantized)
    expect_close(
        [output.double() for output in result["modes"]],
        [expected, expected],
        what="The output in eval or train mode",
        rtol=1e-4,
        atol=1e-5 * float(expected.abs().max()),
    )
