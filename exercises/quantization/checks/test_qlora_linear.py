"""Checks of `QLoRALinear`."""

import torch
from quantization_oracles import NF4, block_maxima, block_of, blockwise, nf4_codes, nf4_numbers, size_of
from torch import nn

from autograder.checks import exercise, expect_close, expect_equal, expect_error, fail, probe


@probe
def run_qlora(student, weight, bias, A, B, alpha, x, direction):
    """A QLoRALinear that holds this A and B: output, gradients of sum(output · direction), and the merged layer."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = student.QLoRALinear(linear, A.shape[0], alpha)
    found = {}
    with torch.no_grad():
        for tensor in layer.parameters():
            for name, values in (("A", A), ("A", A.T), ("B", B), ("B", B.T)):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
                    found[name] = tensor
    x = x.clone().requires_grad_(True)
    output = layer(x)
    if output.requires_grad:
        (output * direction).sum().backward()
    grads = {
        name: None if tensor.grad is None else tensor.grad.T if tensor.shape != (A if name == "A" else B).shape
        else tensor.grad for name, tensor in found.items()
    }  # fmt: skip
    merged = layer.merge()
    return {
        "output": output,
        "A": grads.get("A"),
        "B": grads.get("B"),
        "x": x.grad,
        "others": sum(p.grad is not None for p in layer.parameters()) - len(found),
        "linear": isinstance(merged, nn.Linear),
        "merged_weight": getattr(merged, "weight", None),
        "merged_bias": getattr(merged, "bias", None),
        "merged_output": merged(x) if isinstance(merged, nn.Module) else None,
        "after": layer(x),
    }


class Detour:
    """A weight in NF4 with a detour, fresh numbers. Blocks of 64 run across rows, and the last one is short."""

    def __init__(self, rng):
        self.d_in, self.d_out = rng.choice([(21, 13), (26, 9)])
        self.r, self.alpha = rng.choice([(2, 7), (3, 11)])
        self.weight, self.bias = nf4_numbers(rng, (self.d_out, self.d_in), 64), rng.randn(self.d_out)
        self.A, self.B = rng.randn(self.r, self.d_in), rng.randn(self.d_out, self.r)
        self.x, self.direction = rng.randn(4, self.d_in), rng.randn(4, self.d_out)
        codes, _ = nf4_codes(self.weight, 64)
        self.quantized = (NF4[codes].view(self.weight.shape) * block_maxima(self.weight, 64)[1]).float()
        self.scale, self.product = self.alpha / self.r, self.B @ self.A

    def output(self, weight, times):
        """Output with this weight and `times` the product B A; right is the quantized weight and alpha / r."""
        return self.x @ weight.T + self.bias + times * self.x @ self.product.T

    def run(self, student):
        args = self.weight, self.bias, self.A, self.B, self.alpha, self.x, self.direction
        return student.run(run_qlora, *args)

    def int4(self):
        codes, scales = blockwise(self.weight, 64, 4)
        return codes * scales[block_of(codes.numel(), 64)].view(codes.shape)


# The outputs reach some hundred, so fp32 rounds them by 1e-4; what quantization changes is a hundred times that.
LAYER = {"rtol": 1e-4, "atol": 1e-3}


@exercise("QLoRALinear")
def test_the_docstrings_layer(student):
    weight, A, B = torch.tensor([[0.5, -1.0, 0.0, 2.0]]), torch.tensor([[1.0, 0, 2, 0]]), torch.tensor([[0.5]])
    x = torch.ones(1, 4)
    seen = student.run(run_qlora, weight, None, A, B, 3, x, torch.ones(1, 1))
    quantized = (NF4[torch.tensor([[10, 2, 7, 15]])] * 2).float()
    expect_close(
        [seen["output"], seen["merged_weight"]],
        [quantized.sum().reshape(1, 1) + 4.5, quantized + 1.5 * A],
        what="Output and merged weight of the docstring's example",
        mistakes={
            "The update is added without the factor alpha / r.": [
                quantized.sum().reshape(1, 1) + 1.5,
                quantized + 0.5 * A,
            ],
            "The highway is the original weight, not the quantized one.": [torch.tensor([[6.0]]), weight + 1.5 * A],
            "merge() adds the update to the original weight; A and B were trained beside the quantized one.": [
                quantized.sum().reshape(1, 1) + 4.5,
                weight + 1.5 * A,
            ],
            "forward adds the update without the factor alpha / r.": [
                quantized.sum().reshape(1, 1) + 1.5,
                quantized + 1.5 * A,
            ],
            "merge() adds B A without the factor alpha / r.": [
                quantized.sum().reshape(1, 1) + 4.5,
                quantized + 0.5 * A,
            ],
            "merge() quantizes the merged weight again, which throws most of the update away.": lambda: [
                quantized.sum().reshape(1, 1) + 4.5,
                (
                    NF4[nf4_codes(quantized + 1.5 * A, 64)[0]].view(1, 4) * block_maxima(quantized + 1.5 * A, 64)[1]
                ).float(),
            ],
        },
    )


@exercise("QLoRALinear", points=2)
def test_a_highway_in_nf4_and_a_detour(student, rng):
    case = Detour(rng)
    seen = case.run(student)
    expect_close(
        seen["output"],
        case.output(case.quantized, case.scale),
        what="The output",
        mistakes={
            "The highway is the original weight, not the quantized one.": lambda: case.output(case.weight, case.scale),
            "The update is added without the factor alpha / r.": lambda: case.output(case.quantized, 1),
            "The update is multiplied by alpha but not divided by r.": lambda: case.output(case.quantized, case.alpha),
            "The detour is there, but forward does not use its trainable tensors.": lambda: case.output(
                case.quantized, 0
            ),
            "The bias is lost.": lambda: case.output(case.quantized, case.scale) - case.bias,
            "The base path is missing; only the detour comes out.": lambda: case.scale * case.x @ case.product.T,
            "The highway is in int4; it must be NF4.": lambda: case.output(case.int4(), case.scale),
        },
        advice="h = x Ŵᵀ + b + (alpha / r) · x Aᵀ Bᵀ with Ŵ = nf4_dequantize(nf4_quantize(W)).",
        **LAYER,
    )


@exercise("QLoRALinear")
def test_gradients_reach_a_and_b_and_the_input(student, rng):
    case = Detour(rng)
    seen = case.run(student)
    for name in ("A", "B"):
        if seen[name] is None:
            fail(
                f"{name} gets no gradient.", advice="No .data, .detach() or torch.no_grad() between it and the output."
            )
    if seen["x"] is None:
        fail("The input gets no gradient at all, so layers before this one could not learn.")
    expect_close(
        {"A": seen["A"], "B": seen["B"]},
        {
            "A": case.scale * (case.direction @ case.B).T @ case.x,
            "B": case.scale * case.direction.T @ (case.x @ case.A.T),
        },
        what="The gradient at A and B",
        **LAYER,
    )
    through_base, through_detour = case.direction @ case.quantized, case.scale * case.direction @ case.product
    expect_close(
        seen["x"],
        through_base + through_detour,
        what="The gradient at the input",
        mistakes={
            "No gradient flows back through the quantized weight to the input.": through_detour,
            "No gradient flows back through the detour to the input.": through_base,
            "The gradient at the input is that of the original weight.": case.direction @ case.weight + through_detour,
        },
        **LAYER,
    )
    if seen["others"]:
        fail("Something besides A and B gets a gradient.", expected=0, got=seen["others"])


@exercise("QLoRALinear", points=2)
def test_merging_into_the_dequantized_weight(student, rng):
    case = Detour(rng)
    seen = case.run(student)
    if not seen["linear"]:
        fail("merge() must return an nn.Linear.", got=seen["merged_weight"])
    delta = case.scale * case.product
    expect_close(
        seen["merged_weight"],
        case.quantized + delta,
        what="The merged weight",
        mistakes={
            "merge() adds the update to the original weight; A and B were trained beside the quantized one.": lambda: (
                case.weight + delta
            ),
            "merge() adds B A without the factor alpha / r.": lambda: case.quantized + case.product,
            "merge() leaves the update out.": lambda: case.quantized,
            "merge() gives the update alone.": lambda: delta,
            "merge() adds the update transposed.": lambda: case.quantized,
            "merge() quantizes the merged weight again, which throws most of the update away.": lambda: (
                NF4[nf4_codes(case.quantized + delta, 64)[0]].view(delta.shape)
                * block_maxima(case.quantized + delta, 64)[1]
            ).float(),
        },
        advice="Dequantize, add (alpha / r) · B A, put the sum into a new nn.Linear.",
        **LAYER,
    )
    expect_close(
        seen["merged_bias"],
        case.bias,
        what="The merged layer's bias",
        mistakes={},
        advice="Copy the bias into the new layer.",
    )
    expect_close(
        [seen["merged_output"], seen["after"]],
        [case.output(case.quantized, case.scale)] * 2,
        what="The output of the merged layer, or that of this layer after merging,",
        mistakes={
            "merge() changes the layer itself; it must stay as it is.": lambda: [
                case.output(case.quantized, case.scale),
                case.output(case.quantized, 2 * case.scale),
            ],
            "After merge() the layer itself computes without its detour.": lambda: [
                case.output(case.quantized, case.scale),
                case.output(case.quantized, 0),
            ],
        },
        **LAYER,
    )


@probe
def fresh_qlora(student, weight, bias, r, alpha, x):
    """A QLoRALinear as it starts: output, trainable tensors, state, and what is left of the linear layer."""
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        linear.weight.copy_(weight)
        if bias is not None:
            linear.bias.copy_(bias)
    layer = student.QLoRALinear(linear, r, alpha)
    return {
        "output": layer(x),
        "trainable": [tensor for tensor in layer.parameters() if tensor.requires_grad],
        "state": dict(layer.state_dict()),
        "left": [linear.weight, linear.bias],
    }


@exercise("QLoRALinear")
def test_it_starts_as_the_quantized_base(student, rng):
    case = Detour(rng)
    seen = student.run(fresh_qlora, case.weight, case.bias, case.r, case.alpha, case.x)
    shapes = [tuple(tensor.shape) for tensor in seen["trainable"]]
    wanted = [(case.r, case.d_in), (case.d_out, case.r)]
    if (case.d_out,) in shapes:
        fail("The bias is still trainable.", expected=wanted, got=shapes)
    if sorted(map(sorted, shapes)) != sorted(map(sorted, wanted)):
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.", expected=wanted, got=shapes)
    zero = [tensor for tensor in seen["trainable"] if not tensor.any()]
    if not zero:
        fail("A and B both start random, so the layer does not start as its quantized base.")
    if len(zero) == 2:
        fail("A and B both start at zero, so neither ever gets a gradient.")
    expect_close(seen["output"], case.output(case.quantized, 0), what="The output of a fresh layer", **LAYER)
    expect_equal(
        seen["left"], [case.weight, case.bias], what="What is left of the linear layer, which must be as it was,"
    )
    if not all(tensor.requires_grad for tensor in seen["left"]):
        fail("The linear layer that was given is frozen; it must be left as it was.")


@exercise("QLoRALinear")
def test_no_copy_of_the_weight_is_kept(student, rng):
    case = Detour(rng)
    seen = student.run(fresh_qlora, case.weight, case.bias, case.r, case.alpha, case.x)
    n, state = case.weight.numel(), [t for t in seen["state"].values() if isinstance(t, torch.Tensor)]
    floats = [tensor for tensor in state if tensor.is_floating_point()]
    bytes_of_codes = sum(size_of(tensor) for tensor in state if not tensor.is_floating_point())
    if any(tensor.numel() >= n for tensor in floats):
        fail(
            "The weight is kept in floating-point numbers, so nothing is saved.",
            expected=f"{-(-n // 2)} bytes of codes",
        )
    if bytes_of_codes >= n:
        fail("Each 4-bit code takes a whole byte; two go into one.", expected=f"{-(-n // 2)} bytes of codes")
    right = 4 * (-(-n // 64) + case.d_out + case.r * (case.d_in + case.d_out))
    total = sum(map(size_of, floats))
    if bytes_of_codes < -(-n // 2) or total < right:
        fail(
            "The state lacks something that the layer needs: codes, block maxima, bias, A or B.",
            expected=f"{-(-n // 2)} bytes of codes and {right} of fp32",
            got=f"{bytes_of_codes} and {total}",
        )
    if total > right + 64:
        fail("The state holds more than codes, block maxima, bias, A and B.", expected=f"{right} bytes", got=f"{total}")
    expect_close(seen["output"], case.output(case.quantized, 0), what="The output of a fresh layer", **LAYER)


@probe
def make_qlora(student, r):
    student.QLoRALinear(nn.Linear(6, 5), r, 8)


@exercise("QLoRALinear")
def test_a_rank_below_one_is_an_error(student, rng):
    with expect_error("ValueError", what="QLoRALinear with r = 0"):
        student.run(make_qlora, 0)
    case = Detour(rng)
    expect_close(case.run(student)["output"], case.output(case.quantized, case.scale), what="The output", **LAYER)
