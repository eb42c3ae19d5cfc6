"""Checks of `QuantizedLinear`."""

import torch
from quantization_layer_oracles import (
    QuantizedCase,
    expect_it_computes_from_its_state,
    expect_no_copy,
    expect_told,
)
from quantization_oracles import (
    absmax,
    blockwise,
    blockwise_back,
    in_nf4,
    numbers_in_blocks,
    size_of,
    without_block_ties,
)
from torch import nn

from autograder import builders
from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail, probe


def draw_case(rng, bits, block_size, dtype=torch.float32, d_in=12):
    """A layer from 12 to 9 features: 108 weights."""
    return QuantizedCase(rng, numbers_in_blocks(rng, (9, d_in), block_size, bits).to(dtype), bits, block_size)


@probe
def quantized_output(student, weight, bias, bits, block_size, x):
    """The output of a QuantizedLinear, its input's gradient for the sum of outputs times their index, and what the
    linear layer that was given has to do with it: its numbers, its gradients, and the output after it has changed.

    And its output in eval and in train mode.
    """
    linear = builders.linear(weight, bias)
    layer = student.QuantizedLinear(linear, bits, block_size)
    x = x.clone().requires_grad_(True)
    output = layer(x)
    if output.requires_grad:
        (output * torch.arange(output.shape[-1])).sum().backward()
    given = [linear.weight, linear.bias]
    result = {
        "output": output,
        "gradient": x.grad,
        "trainable": sum(p.requires_grad for p in layer.parameters()),
        "given": [tensor.detach().clone() for tensor in given],
        "frozen": [not tensor.requires_grad for tensor in given],
        "given_gradients": [tensor.grad for tensor in given],
    }
    modes = [layer.eval()(x), layer.train()(x)]
    with torch.no_grad():
        for tensor in given:
            tensor += 1
    return {**result, "modes": modes, "after": layer(x)}


def weight_mistakes(case):
    """Sentence → the weight that the layer computes with."""
    codes, bits, block_size = case.codes, case.bits, case.block_size
    one_scale = absmax(case.weight, bits)[1]
    row_codes, row_scales = absmax(case.weight, bits, 1)
    return {
        "It computes with the weight as it was; nothing is quantized.": case.weight,
        "One scale serves the whole weight instead of one for each block.": absmax(case.weight, bits)[0] * one_scale,
        "bits is not used: it always quantizes to 8.": blockwise_back(
            *blockwise(case.weight, block_size, 8), block_size
        ),
        "bits is not used: it always quantizes to 4.": blockwise_back(
            *blockwise(case.weight, block_size, 4), block_size
        ),
        "It computes with the codes and never multiplies by the scales.": codes,
        "The weight is quantized to NF4; here it is absmax in blocks.": in_nf4(case.weight, block_size),
        "block_size is not used: there is a scale for each row.": row_codes * row_scales,
    }


def output_mistakes(case):
    """Sentence → the output (4, d_out) in the dtype of the layer."""
    quantized_bias = blockwise_back(*blockwise(case.bias, case.block_size, case.bits), case.block_size)
    found = {sentence: case.output(weight) for sentence, weight in weight_mistakes(case).items()}
    found["The bias is lost."] = case.output(case.quantized) - case.bias
    half_scales = blockwise_back(case.codes, case.scales.half().float(), case.block_size)
    found["The state lacks something that the layer needs: codes, fp32 scales or the bias."] = case.output(half_scales)
    found["The bias is quantized too; it stays as it was."] = case.output(case.quantized, quantized_bias)
    return {sentence: output.to(case.x.dtype) for sentence, output in found.items()}


def expect_output(case, output, what):
    """Compare what the layer computed with what it must compute, and with what mistakes would give."""
    expect_close(
        output,
        case.output(case.quantized).to(case.x.dtype),
        what=what,
        mistakes=output_mistakes(case),
        advice="Quantize in __init__; in forward dequantize, then F.linear(x, weight, bias).",
        rtol=1e-4,
        atol=1e-5 * float(case.weight.abs().max()),
    )


@exercise("QuantizedLinear", points=2)
def test_it_computes_with_the_quantized_weight(student, rng):
    for bits, dtype in ((8, torch.float32), (4, torch.float32), (8, torch.float64)):
        block_size = rng.choice([7, 10])
        case = draw_case(rng, bits, block_size, dtype)
        try:
            result = student.run(quantized_output, case.weight, case.bias, bits, block_size, case.x)
        except StudentError as error:
            if error.type != "RuntimeError" or dtype == torch.float32:
                raise
            fail("The layer does not compute in the dtype of the linear layer.", got=str(error))
        if isinstance(result["output"], torch.Tensor) and result["output"].dtype != dtype:
            fail("What comes out does not have the dtype of the linear layer.", expected=dtype, got=result["output"])
        expect_output(case, result["output"], f"The output with {bits} bits")
    expect_close(
        result["modes"],
        [right := case.output(case.quantized)] * 2,
        what="The output in eval or train mode",
        mistakes={
            "In one of the two modes the bias is left out; both give the same.": AnyOf(
                [right - case.bias, right], [right, right - case.bias]
            )
        },
        rtol=1e-4,
        atol=1e-5 * float(case.weight.abs().max()),
    )


@exercise("QuantizedLinear")
def test_nothing_is_trainable_but_gradients_pass(student, rng):
    case = draw_case(rng, 4, 10)
    result = student.run(quantized_output, case.weight, case.bias, 4, 10, case.x)
    if result["trainable"]:
        fail(
            "Something in the layer is still trainable.",
            expected=0,
            got=result["trainable"],
            advice="register_buffer instead of nn.Parameter, for the bias too.",
        )
    if result["gradient"] is None:
        fail(
            "The input gets no gradient, so layers before this one could not learn.",
            advice="torch.no_grad() belongs around quantizing, not around forward.",
        )
    output_gradient = torch.arange(9).double().expand(4, 9)
    expect_close(
        result["gradient"],
        (output_gradient @ case.quantized).float(),  # (4, d_out) @ (d_out, d_in)
        what="The gradient at the input",
        rtol=1e-4,
        atol=1e-4 * float(case.weight.abs().max()),
    )
    expect_equal(
        result["given"],
        [case.weight, case.bias],
        what="The linear layer that was given, which must stay as it was,",
        mistakes={
            "The quantized weight is written into the linear layer that was given; it must stay as it was.": [
                case.quantized.float(),
                case.bias,
            ]
        },
    )
    if any(result["frozen"]):
        fail("The linear layer that was given is frozen; it must be left as it was.")
    if any(gradient is not None for gradient in result["given_gradients"]):
        fail(
            "A gradient flows back into the linear layer that was given; this one is for inference.",
            advice=".detach() what is kept of it, the bias too.",
        )
    expect_close(
        result["after"],
        case.output(case.quantized).float(),
        what="The output after the linear layer that was given has changed",
        mistakes={
            "The bias is shared with the linear layer that was given; keep a copy.": (
                case.output(case.quantized, case.bias + 1).float()
            ),
        },
        rtol=1e-4,
        atol=1e-5 * float(case.weight.abs().max()),
    )


@probe
def quantized_state(student, weight, bias, bits, block_size, x):
    """A QuantizedLinear's state, the bytes behind each of its tensors, what memory_bytes says, and its output.

    And whether the weight that it was made from is still in memory once the linear layer is gone.
    """
    from torch.multiprocessing.reductions import StorageWeakRef

    linear = builders.linear(weight, bias)
    original = StorageWeakRef(linear.weight.untyped_storage())
    layer = student.QuantizedLinear(linear, bits, block_size)
    del linear
    state = dict(layer.state_dict())
    return {
        "output": layer(x),
        "state": state,
        "storages": {name: tensor.untyped_storage().nbytes() for name, tensor in state.items()},
        "memory_bytes": layer.memory_bytes(),
        "holds_the_original": not original.expired(),
    }


def expect_small_state(result, n, bits, blocks, bias):
    """Fail unless the state holds packed codes, scales and bias (None: there is none), and nothing else of size.

    Gives its bytes.
    """
    bias_bytes = 0 if bias is None else size_of(bias)
    state = {name: tensor for name, tensor in result["state"].items() if isinstance(tensor, torch.Tensor)}
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
    if (scales := [tensor.dtype for tensor in floats if tensor.numel() == blocks]) and torch.float32 not in scales:
        fail("The scales are kept in the dtype of the linear layer; they must be fp32.", got=scales)
    if bias is not None:
        kept = [tensor.dtype for tensor in floats if tensor.numel() == bias.numel()]
        if kept and bias.dtype not in kept:
            fail("The bias is kept in another dtype than that of the linear layer.", expected=bias.dtype, got=kept)
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
    if any(result["storages"][name] != size_of(tensor) for name, tensor in state.items()):
        fail(
            "A tensor of the layer is a view that keeps a larger one in memory.",
            expected=f"{total} bytes",
            got=f"{sum(result['storages'].values())} bytes",
            advice=".contiguous() of a slice may still be the slice; .clone() copies only what is needed.",
        )
    return total


def expect_it_reads_its_state(student, rng, bits):
    """`expect_it_computes_from_its_state` of layers drawn here."""
    expect_it_computes_from_its_state(student, *(draw_case(rng, bits, 10) for _ in range(3)))


@exercise("QuantizedLinear", points=2)
def test_the_state_is_small_and_all_there_is(student, rng):
    for bits in (8, 4):
        case = draw_case(rng, bits, 10)
        result = student.run(quantized_state, case.weight, case.bias, bits, 10, case.x)
        expect_output(case, result["output"], "The output")
        expect_small_state(result, 108, bits, 11, case.bias)
        if result["holds_the_original"]:
            fail("The layer still holds the weight that it was made from, outside of its state.")
        expect_it_reads_its_state(student, rng, bits)


@exercise("QuantizedLinear")
def test_memory_bytes_are_what_is_held(student, rng):
    double = torch.float64  # a bias of eight bytes a number
    for bits, bias, d_in, dtype in (
        (8, True, 12, torch.float32),
        (4, True, 12, torch.float32),
        (4, False, 7, torch.float32),
        (8, True, 12, double),
    ):
        case = draw_case(rng, bits, 10, dtype, d_in=d_in)
        n, blocks = 9 * d_in, -(-9 * d_in // 10)  # 63 codes of 4 bits: half of the last byte is empty
        case.bias = case.bias if bias else torch.zeros(9)
        bias_bytes = size_of(case.bias) if bias else 0
        try:
            result = student.run(quantized_state, case.weight, case.bias if bias else None, bits, 10, case.x)
        except StudentError as error:
            if dtype == double and error.type == "RuntimeError":
                fail("The layer does not compute in the dtype of the linear layer.", got=str(error))
            if bias:
                raise
            fail("It rejects a layer without bias, an odd number of weights or another shape of input.", got=str(error))
        expect_output(case, result["output"], "The output")
        total = expect_small_state(result, n, bits, blocks, case.bias if bias else None)
        codes, scales, rest = -(-n * bits // 8), 4 * blocks, bias_bytes
        expect_equal(
            result["memory_bytes"],
            # what the layer keeps besides, such as the shape, may count or not
            codes + scales + rest if result["memory_bytes"] == codes + scales + rest else total,
            what="memory_bytes()",
            mistakes={
                "memory_bytes() forgets the scales.": codes + rest,
                "memory_bytes() forgets the bias.": codes + scales,
                "memory_bytes() forgets scales and bias.": codes,
                "memory_bytes() counts elements, not bytes.": codes + blocks + (9 if bias else 0),
                "memory_bytes() counts each 4-bit code as a byte.": n + scales + rest,
                "memory_bytes() counts bits.": 8 * total,
                "memory_bytes() counts the weight as it was before.": 4 * n + rest,
                "memory_bytes() counts every tensor as fp32.": 4 * (codes + blocks + (9 if bias else 0)),
                "memory_bytes() counts the bias in fp32, whatever its dtype.": codes + scales + (36 if bias else 0),
            },
            advice="Add up what the buffers hold: tensor.untyped_storage().nbytes().",
        )
        expect_it_reads_its_state(student, rng, bits)


@probe
def of_settings(student, weight, bias, settings, x):
    """For each (bits, block_size) the output of a QuantizedLinear, or its error; nothing where it should be one."""
    found = []
    for bits, block_size in settings:
        try:
            layer = student.QuantizedLinear(builders.linear(weight, bias), bits, block_size)
        except NotImplementedError:
            raise
        except Exception as error:
            found.append([type(error).__name__, str(error)])
        else:
            found.append(layer(x) if bits in (4, 8) and block_size > 0 else None)
    return found


@exercise("QuantizedLinear")
def test_wrong_layer_settings_are_an_error(student, rng):
    # In a drawn order: where an error is due is known here only.
    right = [(8, 10), (8, rng.randint(5, 9)), (4, rng.randint(11, 20))]
    weight = rng.randn(9, 12)
    for bits, block_size in right:
        weight = without_block_ties(weight, block_size, bits)
    bias, x = rng.randn(9), rng.randn(4, 12)
    wrong_bits = [(bits, 10) for bits in (0, 1, 2, 3, 5, 6, 7, 16, rng.randint(17, 40))]
    wrong_sizes = [(4, 0), (8, 0), (rng.choice([4, 8]), -rng.randint(1, 9))]
    settings = rng.permutation(wrong_bits + wrong_sizes + right)
    for (bits, block_size), answer in zip(settings, student.run(of_settings, weight, bias, settings, x), strict=True):
        if (bits, block_size) in wrong_bits:
            expect_told(answer, "QuantizedLinear with bits other than 8 or 4", advice=f"Here bits is {bits}.")
        elif (bits, block_size) in wrong_sizes:
            expect_told(
                answer, "QuantizedLinear with block_size below 1", explained=False
            )  # another function may say it
        else:
            expected = x.double() @ blockwise_back(*blockwise(weight, block_size, bits), block_size).T + bias.double()
            expect_close(
                answer,
                expected.float(),
                what=f"The output with bits={bits} and block_size={block_size}",
                rtol=1e-4,
                atol=1e-5 * float(weight.abs().max()),
            )


@probe
def kept_beside_the_state(student, weight, bias, bits, block_size, x):
    """The output of a QuantizedLinear, and the floating-point tensors as large as the weight that live on after it."""
    import gc

    linear = builders.linear(weight, bias)
    frozen = gc.get_freeze_count()
    gc.freeze()  # what is there already is looked at no more: a walk through all of it takes a second
    try:
        layer = student.QuantizedLinear(linear, bits, block_size)
        output = layer(x).detach()
        gc.collect()
        new = [thing for thing in gc.get_objects() if torch.Tensor in type(thing).__mro__]
    finally:
        if not frozen:
            gc.unfreeze()
    return {"output": output, "kept": [t for t in new if t.is_floating_point() and t.numel() == weight.numel()]}


@exercise("QuantizedLinear")
def test_no_copy_of_the_weight_beside_the_state(student, rng):
    for bits in (8, 4):
        case = draw_case(rng, bits, 10)
        result = student.run(kept_beside_the_state, case.weight, case.bias, bits, 10, case.x)
        expect_no_copy(result["kept"], case.weight, case.quantized)
        expect_close(
            result["output"],
            case.output(case.quantized).float(),
            what="The output of a layer without copies",
            rtol=1e-4,
            atol=1e-5 * float(case.weight.abs().max()),
        )
