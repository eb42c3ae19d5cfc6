"""Hidden checks of `QuantizedLinear`."""

import torch
from quantization_hidden_oracles import block_maxima, block_of, blockwise, blocky, clear
from torch import nn

from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def quantized_layer(student, weight, bias, bits, block_size, x, state):
    """Output, state, memory_bytes, and whether the linear layer's own numbers are still held by the quantized one."""
    from torch.multiprocessing.reductions import StorageWeakRef

    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
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


class Case:
    """A linear layer with fresh numbers, none of its weights near halfway, and what it is quantized to."""

    def __init__(self, rng, bits, block_size, d_in=12, d_out=9, dtype=torch.float32):
        self.bits, self.block_size = bits, block_size
        self.weight = blocky(rng, (d_out, d_in), block_size, bits).to(dtype)
        maxima = block_maxima(self.weight, block_size)[1]
        self.weight = clear(self.weight, maxima / (2 ** (bits - 1) - 1))
        self.bias, self.x = rng.randn(d_out).to(dtype), rng.randn(4, d_in).to(dtype)
        self.codes, self.scales = blockwise(self.weight, block_size, bits)
        self.quantized = self.decode(self.codes, self.scales)

    def decode(self, codes, scales):
        """The weight that codes and scales stand for."""
        spread = scales.double()[block_of(codes.numel(), self.block_size)].view(codes.shape)
        return codes.double() * spread

    def output(self, x, bias):
        return x.double() @ self.quantized.T + (0 if bias is None else bias.double())

    def run(self, student, bias=True, x=None, state=None):
        x = self.x if x is None else x
        bias = self.bias if bias else None
        return student.run(quantized_layer, self.weight, bias, self.bits, self.block_size, x, state)


def expect_it_computes_from_its_state(student, rng, bits):
    """Fail unless codes from one state and scales from another, put together here, are what the layer computes with.

    Ends the checks that can only ask the student's process what it holds.
    """
    one, two, three = (Case(rng, bits, 10) for _ in range(3))
    states = [case.run(student)["state"] for case in (one, two)]
    if states[0].keys() != states[1].keys():
        fail("The state's names differ from layer to layer.")
    mixed = {name: states[1][name] if states[0][name].is_floating_point() else states[0][name] for name in states[0]}
    output = three.run(student, state=mixed)["output"]
    right = three.x.double() @ three.decode(one.codes, two.scales).T + two.bias.double()
    expect_close(
        output.double(),
        right,
        what="The output after loading codes and scales",
        rtol=1e-4,
        atol=1e-5 * float(right.abs().max()),
    )


@exercise("QuantizedLinear")
def test_without_bias_and_with_more_dimensions(student, rng):
    for bits in (4, 8):
        case = Case(rng, bits, 10, d_in=7, d_out=9)  # 63 codes: the last byte of 4-bit ones is half empty
        for shape in ((7,), (2, 3, 7), (0, 7)):
            x = rng.randn(*shape)
            try:
                output = case.run(student, bias=False, x=x)["output"]
            except StudentError as error:
                fail(
                    "A layer without bias, an odd number of weights or another shape of input is refused.",
                    got=str(error),
                )
            expect_close(
                output.double(),
                case.output(x, None),
                what="The output without bias",
                rtol=1e-4,
                atol=1e-5 * float(case.weight.abs().max()),
            )


@exercise("QuantizedLinear")
def test_the_dtype_of_the_linear_layer_is_kept(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-5), (torch.bfloat16, 0.05)):
        case = Case(rng, 8, 10, dtype=dtype)
        try:
            seen = case.run(student)
        except StudentError as error:
            if error.type != "RuntimeError":
                raise
            fail("The layer does not compute in the dtype of the linear layer.", got=str(error))
        if seen["output"].dtype != dtype:
            fail("What comes out does not have the dtype of the linear layer.")
        scales = [t for t in seen["state"].values() if t.is_floating_point() and t.numel() == len(case.scales)]
        if not any(t.dtype == torch.float32 for t in scales):
            fail("The scales are not kept in fp32.")
        right = case.output(case.x, case.bias)
        expect_close(
            seen["output"].double(),
            right,
            what="The output in another dtype",
            rtol=0,
            atol=tolerance * float(right.abs().max()),
        )


@exercise("QuantizedLinear")
def test_the_original_is_let_go(student, rng):
    case = Case(rng, 4, 10)
    seen = case.run(student)
    if seen["holds_the_original"]:
        fail("The layer still holds the weight that it was made from, outside of its state.")
    expect_it_computes_from_its_state(student, rng, 4)


@exercise("QuantizedLinear")
def test_the_bytes_of_a_larger_layer(student, rng):
    for bits, block_size in ((4, 64), (8, 32), (4, 1000)):
        case = Case(rng, bits, block_size, d_in=40, d_out=30)
        seen = case.run(student)
        blocks = -(-1200 // block_size)
        right = 1200 * bits // 8 + 4 * blocks + 4 * 30
        size = sum(t.numel() * t.element_size() for t in seen["state"].values())
        if not right <= size <= right + 64:
            fail("The state does not take the bytes of codes, scales and bias.")
        expect_equal(seen["memory_bytes"], size, what="memory_bytes() of a larger layer")
    expect_it_computes_from_its_state(student, rng, 4)


@exercise("QuantizedLinear")
def test_modes_change_nothing(student, rng):
    case = Case(rng, 4, 10)
    seen = case.run(student)
    right = case.output(case.x, case.bias)
    expect_close(
        [one.double() for one in seen["modes"]],
        [right, right],
        what="The output in eval or train mode",
        rtol=1e-4,
        atol=1e-5 * float(right.abs().max()),
    )
