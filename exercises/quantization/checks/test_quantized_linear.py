"""Checks of `QuantizedLinear`."""

import torch
from quantization_oracles import NF4, absmax, block_maxima, block_of, blockwise, blocky, nf4_codes, size_of
from torch import nn

from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def quantized_output(student, weight, bias, bits, block_size, x):
    """The output of a QuantizedLinear, and its input's gradient for the sum of the outputs times their place."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = student.QuantizedLinear(linear, bits, block_size)
    x = x.clone().requires_grad_(True)
    output = layer(x)
    if output.requires_grad:
        (output * torch.arange(output.shape[-1])).sum().backward()
    return {
        "output": output,
        "gradient": x.grad,
        "trainable": sum(p.requires_grad for p in layer.parameters()),
        "left": [linear.weight, linear.bias],
    }


class Case:
    """A linear layer with fresh numbers, none of its weights near halfway, and what it is quantized to."""

    def __init__(self, rng, bits, block_size, d_in=12, d_out=9):
        self.weight, self.bias = blocky(rng, (d_out, d_in), block_size, bits), rng.randn(d_out)
        self.x = rng.randn(4, d_in)
        self.codes, self.scales = blockwise(self.weight, block_size, bits)
        self.block_size = block_size
        self.quantized = self.decode(self.codes, self.scales)

    def decode(self, codes, scales):
        """The weight that codes and scales stand for."""
        spread = scales.double()[block_of(codes.numel(), self.block_size)].view(codes.shape)
        return (codes.double() * spread).float()

    def output(self, weight, bias=None):
        return (self.x.double() @ weight.double().T + (self.bias if bias is None else bias)).float()


@exercise("QuantizedLinear", points=2)
def test_it_computes_with_the_quantized_weight(student, rng):
    for bits in (8, 4):
        block_size = rng.choice([7, 10])
        case = Case(rng, bits, block_size)
        seen = student.run(quantized_output, case.weight, case.bias, bits, block_size, case.x)
        scale = float(case.weight.abs().max())
        expect_close(
            seen["output"],
            case.output(case.quantized),
            what=f"The output with {bits} bits",
            mistakes={
                "It computes with the weight as it was; nothing is quantized.": lambda c=case: c.output(c.weight),
                "The bias is lost.": lambda c=case: c.output(c.quantized) - c.bias,
                "One scale serves the whole weight instead of one for each block.": lambda c=case, b=bits: c.output(
                    c.decode(*blockwise(c.weight, c.weight.numel(), b)[:1], blockwise(c.weight, 10**6, b)[1].expand(99))
                ),
                "bits is not used: it always quantizes to 8.": lambda c=case: c.output(
                    c.decode(*blockwise(c.weight, c.block_size, 8))
                ),
                "bits is not used: it always quantizes to 4.": lambda c=case: c.output(
                    c.decode(*blockwise(c.weight, c.block_size, 4))
                ),
                "It computes with the codes and never multiplies by the scales.": lambda c=case: c.output(c.codes),
                "The weight is quantized to NF4; here it is absmax in blocks.": lambda c=case: c.output(
                    NF4[nf4_codes(c.weight, c.block_size)[0]].view(9, 12) * block_maxima(c.weight, c.block_size)[1]
                ),
                "block_size is not used: there is a scale for each row.": lambda c=case, b=bits: c.output(
                    absmax(c.weight, b, 1)[0] * absmax(c.weight, b, 1)[1]
                ),
                "The bias is quantized too; it stays as it was.": lambda c=case, b=bits: c.output(
                    c.quantized,
                    (lambda q, s: q.double() * s[block_of(9, c.block_size)])(*blockwise(c.bias, c.block_size, b)),
                ),
            },
            advice="Quantize in __init__; in forward dequantize, then F.linear(x, weight, bias).",
            rtol=1e-4,
            atol=1e-5 * scale,
        )


@exercise("QuantizedLinear")
def test_nothing_is_trainable_but_gradients_pass(student, rng):
    case = Case(rng, 4, 10)
    seen = student.run(quantized_output, case.weight, case.bias, 4, 10, case.x)
    if seen["trainable"]:
        fail(
            "Something in the layer is still trainable.",
            expected=0,
            got=seen["trainable"],
            advice="register_buffer instead of nn.Parameter, for the bias too.",
        )
    if seen["gradient"] is None:
        fail(
            "The input gets no gradient, so layers before this one could not learn.",
            advice="torch.no_grad() belongs around quantizing, not around forward.",
        )
    expect_close(
        seen["gradient"],
        (torch.arange(9).double() @ case.quantized.double()).float().expand(4, 12),
        what="The gradient at the input",
        rtol=1e-4,
        atol=1e-4 * float(case.weight.abs().max()),
    )
    expect_equal(
        seen["left"],
        [case.weight, case.bias],
        what="What is left of the linear layer, which must be as it was,",
    )
    if not all(tensor.requires_grad for tensor in seen["left"]):
        fail("The linear layer that was given is frozen; it must be left as it was.")


@probe
def quantized_state(student, weight, bias, bits, block_size):
    """A QuantizedLinear's state, the bytes behind each of its tensors, and what memory_bytes says."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = student.QuantizedLinear(linear, bits, block_size)
    state = dict(layer.state_dict())
    return {
        "state": state,
        "storages": {name: tensor.untyped_storage().nbytes() for name, tensor in state.items()},
        "memory_bytes": layer.memory_bytes(),
    }


@probe
def loaded_output(student, weight, bias, bits, block_size, state, x):
    """The output of a QuantizedLinear made from these numbers after it has loaded that state."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = student.QuantizedLinear(linear, bits, block_size)
    layer(x)  # whoever keeps a dequantized copy makes it now
    layer.load_state_dict(state)
    return layer(x)


def expect_small_state(seen, n, bits, blocks, bias_bytes):
    """Fail unless the state that came over holds packed codes, scales and bias, and nothing else of size."""
    state = {name: tensor for name, tensor in seen["state"].items() if isinstance(tensor, torch.Tensor)}
    floats = [tensor for tensor in state.values() if tensor.is_floating_point()]
    codes = sum(size_of(tensor) for tensor in state.values() if not tensor.is_floating_point())
    expected = -(-n * bits // 8) + 4 * blocks + bias_bytes
    total = sum(map(size_of, state.values()))
    if any(tensor.numel() >= n for tensor in floats):
        fail(
            "The weight is kept in floating-point numbers, so nothing is saved.",
            expected=f"about {expected} bytes",
            got=f"{total} bytes",
            advice="Keep the codes and the scales only: no parameter, no linear layer as an attribute.",
        )
    if bits == 4 and codes >= n:
        fail(
            "Each 4-bit code takes a whole byte; two go into one.",
            expected=f"{-(-n // 2)} bytes of codes",
            got=f"{codes} bytes",
        )
    if bits == 8 and codes > n + 64:
        fail("An 8-bit code takes more than a byte.", expected=f"{n} bytes of codes", got=f"{codes} bytes")
    if sum(map(size_of, floats)) < 4 * blocks + bias_bytes or codes < -(-n * bits // 8):
        fail(
            "The state lacks something that the layer needs: codes, fp32 scales or the bias.",
            expected=f"{expected} bytes",
            got=f"{total} bytes",
            advice="self.register_buffer(name, tensor): other attributes are no part of state_dict().",
        )
    if total > expected + 64:
        fail("The state holds more than codes, scales and bias.", expected=f"{expected} bytes", got=f"{total} bytes")
    if any(seen["storages"][name] != size_of(tensor) for name, tensor in state.items()):
        fail(
            "A tensor of the layer is a view that keeps a larger one in memory.",
            expected=f"{total} bytes",
            got=f"{sum(seen['storages'].values())} bytes",
            advice=".contiguous() of a slice may still be the slice; .clone() copies only what is needed.",
        )
    return total


def expect_it_computes_from_its_state(student, rng, bits):
    """Fail unless codes from one state and scales from another, put together here, are what the layer computes with."""
    one, two, three = Case(rng, bits, 10), Case(rng, bits, 10), Case(rng, bits, 10)
    states = [student.run(quantized_state, c.weight, c.bias, bits, 10)["state"] for c in (one, two)]
    if states[0].keys() != states[1].keys():
        fail("The state's names differ from layer to layer.", expected=list(states[0]), got=list(states[1]))
    mixed = {name: states[1][name] if states[0][name].is_floating_point() else states[0][name] for name in states[0]}
    output = student.run(loaded_output, three.weight, three.bias, bits, 10, mixed, three.x)
    right = three.output(three.decode(one.codes, two.scales), two.bias)
    expect_close(
        output,
        right,
        what="The output after loading codes and scales",
        mistakes={
            "forward does not compute from what stands in state_dict().": lambda: three.output(three.quantized),
            "forward computes from a copy that was made before the state was loaded.": lambda: three.output(
                three.quantized, two.bias
            ),
            "forward computes with the weight that it was made from.": lambda: three.output(three.weight),
            "forward computes with the weight that it was made from, whatever was loaded.": lambda: three.output(
                three.weight, two.bias
            ),
            "The bias that was loaded is not used.": lambda: right - two.bias + three.bias,
        },
        advice="Dequantize in forward, from the buffers, each time.",
        rtol=1e-4,
        atol=1e-5 * float(right.abs().max()),
    )


@exercise("QuantizedLinear", points=2)
def test_the_state_is_small_and_all_there_is(student, rng):
    for bits in (8, 4):
        case = Case(rng, bits, 10)
        seen = student.run(quantized_state, case.weight, case.bias, bits, 10)
        expect_small_state(seen, 108, bits, 11, 36)
        expect_it_computes_from_its_state(student, rng, bits)


@exercise("QuantizedLinear")
def test_memory_bytes_are_what_is_held(student, rng):
    for bits, bias in ((8, True), (4, True), (4, False)):
        case = Case(rng, bits, 10)
        seen = student.run(quantized_state, case.weight, case.bias if bias else None, bits, 10)
        total = expect_small_state(seen, 108, bits, 11, 36 if bias else 0)
        codes, scales, rest = 108 * bits // 8, 44, 36 if bias else 0
        expect_equal(
            seen["memory_bytes"],
            total,
            what="memory_bytes()",
            mistakes={
                "memory_bytes() forgets the scales.": codes + rest,
                "memory_bytes() forgets the bias.": codes + scales,
                "memory_bytes() forgets scales and bias.": codes,
                "memory_bytes() counts numbers, not bytes.": codes + 11 + rest // 4,
                "memory_bytes() counts each 4-bit code as a byte.": 108 + scales + rest,
                "memory_bytes() counts bits.": 8 * total,
                "memory_bytes() counts the weight as it was before.": 4 * 108 + rest,
                "memory_bytes() counts every tensor as fp32.": 4 * (codes + 11) + rest,
            },
            advice="Add up what the buffers hold: tensor.untyped_storage().nbytes().",
        )
        expect_it_computes_from_its_state(student, rng, bits)


@probe
def make_quantized(student, bits, block_size):
    student.QuantizedLinear(nn.Linear(6, 5), bits, block_size)


@exercise("QuantizedLinear")
def test_settings_of_a_layer_that_make_no_sense(student, rng):
    for bits, block_size in ((5, 16), (16, 16), (4, 0)):
        with expect_error("ValueError", what=f"QuantizedLinear with bits={bits}, block_size={block_size}"):
            student.run(make_quantized, bits, block_size)
    expect_it_computes_from_its_state(student, rng, 8)
