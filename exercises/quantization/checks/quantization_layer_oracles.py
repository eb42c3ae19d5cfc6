"""Layers with fresh numbers for the checks of QuantizedLinear and QLoRALinear, and what they must compute."""

import torch
from quantization_oracles import NF4, block_maxima, blockwise, blockwise_back, in_nf4, nf4_codes, nf4_numbers
from torch import nn

from autograder import builders
from autograder.checks import expect_close, fail, probe

# QLoRALinear's outputs reach some hundred, so fp32 rounds them by 1e-4; quantization changes a hundred times that.
TOL_QLORA = {"rtol": 1e-4, "atol": 1e-3}


class QuantizedCase:
    """A weight (d_out, d_in) without ties, a bias and an input, and what blockwise_quantize makes of the weight."""

    def __init__(self, rng, weight, bits, block_size):
        d_out, d_in = weight.shape
        self.bits, self.block_size = bits, block_size
        self.weight, self.bias = weight, rng.randn(d_out).to(weight.dtype)
        self.x = rng.randn(4, d_in).to(weight.dtype)
        self.codes, self.scales = blockwise(weight, block_size, bits)
        self.quantized = blockwise_back(self.codes, self.scales, block_size)  # (d_out, d_in), fp64

    def output(self, weight, bias=None, x=None):
        """x Wᵀ + b with this weight, in fp64; the right weight is `quantized`."""
        x, bias = self.x if x is None else x, self.bias if bias is None else bias
        return x.double() @ weight.double().T + bias.double()


class QLoRACase:
    """A weight for NF4, a bias, A (r, d_in), B (d_out, r) and an input. Blocks of 64 run across rows."""

    def __init__(self, rng, d_in, d_out, r, alpha, *, size=1.0, dtype=torch.float32):
        self.d_in, self.d_out, self.r, self.alpha = d_in, d_out, r, alpha
        self.weight, self.bias = nf4_numbers(rng, (d_out, d_in), 64, dtype), rng.randn(d_out).to(dtype)
        self.A, self.B = size * rng.randn(r, d_in).to(dtype), size * rng.randn(d_out, r).to(dtype)
        self.x = rng.randn(4, d_in).to(dtype)
        self.quantized = in_nf4(self.weight).double()  # (d_out, d_in)
        self.product = self.B.double() @ self.A.double()  # (d_out, d_in)
        self.scale = alpha / r

    @property
    def update(self):
        """(alpha / r) · B A."""
        return self.scale * self.product

    def output(self, weight=None, update=None, bias=None, x=None):
        """x Ŵᵀ + b + x Uᵀ in fp64, with the update U = (alpha / r) · B A; what is given replaces the right part."""
        weight, update = self.quantized if weight is None else weight, self.update if update is None else update
        bias, x = self.bias if bias is None else bias, self.x if x is None else x
        return x.double() @ (weight.double() + update).T + bias.double()


def codes_of_one_and_floats_of_other(one, other):
    """A state of the codes of one layer and the floating-point tensors of another, each as `*_part` gives them."""
    if one["names"] != other["names"]:
        fail("The state's names differ from layer to layer.", expected=one["names"], got=other["names"])
    return {**one["part"], **other["part"]}


def expect_told(answer, what, explained=True, advice=""):
    """Fail unless this answer of a probe, [type, message] or a tensor, tells of a ValueError."""
    kind, message = answer if isinstance(answer, list) and len(answer) == 2 else ("no error", "")
    if kind != "ValueError":
        fail(f"{what} must raise ValueError.", expected="ValueError", got=f"{kind} {message}".strip(), advice=advice)
    if explained and not message.strip():
        fail(f"{what} raises ValueError without a message; say why.", advice=advice)


@probe
def quantized_part(student, weight, bias, bits, block_size, floats):
    """The names in a QuantizedLinear's state, and its floating-point tensors or all others."""
    state = student.QuantizedLinear(builders.linear(weight, bias), bits, block_size).state_dict()
    part = {name: tensor for name, tensor in state.items() if tensor.is_floating_point() == floats}
    return {"names": list(state), "part": part}


@probe
def loaded_output(student, weight, bias, bits, block_size, state, x):
    """The output of a QuantizedLinear made from this weight and bias after it has loaded that state."""
    layer = student.QuantizedLinear(builders.linear(weight, bias), bits, block_size)
    layer(x)  # whoever keeps a dequantized copy makes it now
    layer.load_state_dict(state)
    return layer(x)


def expect_it_computes_from_its_state(student, one, two, three):
    """Fail unless codes of the first case's layer and scales of the second's, put together here, are what the third
    one's computes with once it has loaded them.
    """
    bits, block_size = three.bits, three.block_size
    parts = [
        student.run(quantized_part, case.weight, case.bias, bits, block_size, floats)
        for case, floats in ((one, False), (two, True))
    ]
    mixed = codes_of_one_and_floats_of_other(*parts)
    output = student.run(loaded_output, three.weight, three.bias, bits, block_size, mixed, three.x)
    loaded_weight = blockwise_back(one.codes, two.scales, block_size)
    expected = three.output(loaded_weight, two.bias).float()
    expect_close(
        output,
        expected,
        what="The output after loading codes and scales",
        mistakes={
            "forward does not compute from what is in state_dict().": lambda: three.output(three.quantized).float(),
            "forward computes from a copy that was made before the state was loaded.": lambda: three.output(
                three.quantized, two.bias
            ).float(),
            "forward computes with the weight that it was made from.": lambda: three.output(three.weight).float(),
            "forward computes with the weight that it was made from, whatever was loaded.": lambda: three.output(
                three.weight, two.bias
            ).float(),
            "The bias that was loaded is not used.": lambda: three.output(loaded_weight).float(),
        },
        advice="Dequantize in forward, from the buffers, each time.",
        rtol=1e-4,
        atol=1e-5 * float(expected.abs().max()),
    )


@probe
def qlora_part(student, weight, bias, r, alpha, floats):
    """The names in a QLoRALinear's state, and its floating-point tensors or all others."""
    state = student.QLoRALinear(builders.linear(weight, bias), r, alpha).state_dict()
    part = {name: tensor for name, tensor in state.items() if tensor.is_floating_point() == floats}
    return {"names": list(state), "part": part}


def expect_maxima_in_fp32(student, rng, dtype):
    """Fail unless the block maxima of a layer of this dtype are in its state in fp32, and its bias in this dtype."""
    case = QLoRACase(
        rng, 26, 9, 2, 7, dtype=dtype
    )  # 234 weights in four blocks; no other tensor has four numbers or nine
    result = student.run(qlora_part, case.weight, case.bias, case.r, case.alpha, True)
    maxima = block_maxima(case.weight, 64)[0]
    kept = [tensor.flatten() for tensor in result["part"].values() if tensor.numel() == len(maxima)]
    if kept and all(tensor.dtype == dtype for tensor in kept):
        fail("The block maxima are kept in the dtype of the linear layer; they must be fp32.")
    if not any(tensor.dtype == torch.float32 and torch.allclose(tensor.double(), maxima) for tensor in kept):
        fail("The state lacks something that the layer needs: codes, block maxima, bias, A or B.")
    bias = [tensor.dtype for tensor in result["part"].values() if tensor.numel() == case.d_out]
    if bias and dtype not in bias:
        fail("The bias is kept in another dtype than that of the linear layer.", expected=dtype, got=bias)


@probe
def filled_qlora(student, weight, bias, A, B, alpha, x, state):
    """A QLoRALinear, a state loaded into it (if given), A and B filled: output, state, merged layer."""
    from torch.multiprocessing.reductions import StorageWeakRef

    linear = builders.linear(weight, bias)
    original = StorageWeakRef(linear.weight.untyped_storage())
    layer = student.QLoRALinear(linear, A.shape[0], alpha)
    del linear
    if state is not None:
        layer(x)  # whoever keeps a dequantized copy makes it now
        layer.load_state_dict(state)
    builders.fill(layer, A, B)
    output, merged = layer(x), layer.merge()
    if not isinstance(merged, nn.Linear):
        return {"linear": False, "kind": type(merged).__name__}

    # Train this layer on: the merged one must stay. Train the merged one on: this layer must stay.
    weights = [merged.weight, merged.bias]
    with torch.no_grad():
        kept = [None if w is None else w.clone() for w in weights]
        for parameter in layer.parameters():
            if parameter.requires_grad:
                parameter += 1
        later = [None if w is None else w.clone() for w in weights]
        before = layer(x)
        for parameter in merged.parameters():
            parameter += 1
        shared = not torch.equal(before, layer(x))
    return {
        "linear": True,
        "shared": shared,
        "output": output,
        "merged": kept,
        "merged_later": later,
        "dtypes": [str(parameter.dtype) for parameter in layer.parameters() if parameter.requires_grad],
        "holds_the_original": not original.expired(),
    }


def run_filled(student, case, bias=True, x=None, state=None):
    """`filled_qlora` with what the case holds."""
    bias, x = case.bias if bias else None, case.x if x is None else x
    result = student.run(filled_qlora, case.weight, bias, case.A, case.B, case.alpha, x, state)
    if not result["linear"]:
        fail("merge() must return an nn.Linear.", got=result["kind"])
    return result


def expect_it_computes_from_packed_codes(student, one, two, three):
    """Fail unless the third layer computes with codes of the first and floats of the second once it has loaded them."""
    parts = [
        student.run(qlora_part, case.weight, case.bias, case.r, case.alpha, floats)
        for case, floats in ((one, False), (two, True))
    ]
    result = run_filled(student, three, state=codes_of_one_and_floats_of_other(*parts))
    maxima = block_maxima(two.weight, 64)[1]  # of each weight, (d_out, d_in)
    weight = NF4[nf4_codes(one.weight, 64)].view(maxima.shape) * maxima
    tolerance = {"rtol": 1e-4, "atol": 1e-5 * float(maxima.max()) + 1e-3}
    expect_close(
        result["output"].double(),
        three.output(weight=weight, bias=two.bias),
        what="The output after loading codes and block maxima",
        mistakes={
            "forward does not compute from what is in state_dict().": three.output(),
            "forward computes from a copy that was made before the state was loaded.": three.output(bias=two.bias),
            "The bias that was loaded is not used.": three.output(weight=weight),
        },
        **tolerance,
    )
    expect_close(
        result["merged"][0].double(),
        weight + three.update,
        what="The merged weight after loading codes and block maxima",
        mistakes={"merge() does not read the codes that were loaded.": three.quantized + three.update},
        **tolerance,
    )
    if result["holds_the_original"]:
        fail("The layer still holds the weight that it was made from, outside of its state.")


@probe
def starts(student, weight, r, alpha, x, filling, seeds):
    """Layers made after each of these seeds (None: after no new one), one after the other: the trainable tensors that
    are not zero, what each layer computes once those that are zero hold a corner of `filling`, and torch's next random
    number after it was made.
    """
    found = []
    for seed in seeds:
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        layer = student.QLoRALinear(builders.linear(weight), r, alpha)
        draw = torch.rand(())
        trainable = [tensor for tensor in layer.parameters() if tensor.requires_grad]
        random = [tensor.detach().clone() for tensor in trainable if bool((tensor != 0).any())]
        with torch.no_grad():
            for tensor in trainable:
                if tensor.ndim == 2 and not bool((tensor != 0).any()):
                    tensor.copy_(filling[: tensor.shape[0], : tensor.shape[1]])
        found.append({"random": random, "output": layer(x), "draw": draw})
    return found


def expect_unseeded(same_start, same_draw):
    """Fail if two layers start with the same numbers; say whether torch's next random number is the same after both."""
    if same_draw:
        fail(
            "It seeds torch's random generator itself, so every layer starts with the same numbers.",
            advice="Leave out torch.manual_seed: a seed is set once, by whoever trains.",
        )
    if same_start:
        fail(
            "Every layer starts with the same numbers: they are drawn from a generator whose seed is fixed.",
            advice="torch.randn without a generator of your own.",
        )


def random_starts(student, rng, d_in, d_out, r, seeds):
    """For a layer made after each of the seeds the matrix that starts random, as (r, d_in) or (r, d_out), and torch's
    next random number.

    Its numbers can't be known here, but what the layer computes with them can.
    """
    weight, x, alpha = nf4_numbers(rng, (d_out, d_in), 64), rng.randn(3, d_in), rng.randint(3, 9)
    filling = rng.randn(max(d_in, d_out), max(d_in, d_out))
    filling = filling + filling.T  # the matrix that starts at zero may be stored transposed
    found = []
    for one in student.run(starts, weight, r, alpha, x, filling, seeds):
        matrices = [tensor if tensor.shape[0] == r else tensor.T for tensor in one["random"] if tensor.ndim == 2]
        if len(matrices) != 1 or tuple(matrices[0].shape) not in ((r, d_in), (r, d_out)):
            fail("Not exactly one of A and B starts at zero.")
        of_a = matrices[0].shape[1] == d_in
        A, B = (matrices[0], filling[:d_out, :r]) if of_a else (filling[:r, :d_in], matrices[0].T)
        expected = x.double() @ (in_nf4(weight).double() + alpha / r * B.double() @ A.double()).T
        expect_close(
            one["output"].double(),
            expected,
            what="The output with the matrix that starts random",
            rtol=1e-4,
            atol=1e-3 + 1e-5 * float(expected.abs().max()),
        )
        found.append((matrices[0], one["draw"]))
    return found


def expect_no_copy(kept, *weights):
    """Fail if a tensor that is kept has the numbers of one of these weights, in whatever order and shape."""
    for tensor in kept:
        for weight in weights:
            numbers, expected = (one.detach().double().flatten().sort().values for one in (tensor, weight))
            if numbers.shape == expected.shape and (numbers - expected).abs().max() <= 0.01 * expected.abs().max():
                fail(
                    "A copy of the weight in floating-point numbers is kept beside the state.",
                    expected="codes and scales only",
                    got=f"{tensor.numel()} numbers in {tensor.dtype}",
                    advice="Keep the dequantized weight in a local variable of forward, and nothing of the original.",
                )
