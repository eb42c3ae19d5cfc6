"""Checks of `QLoRALinear`."""

import torch
from quantization_layer_oracles import (
    TOL_QLORA,
    QLoRACase,
    expect_it_computes_from_packed_codes,
    expect_maxima_in_fp32,
    expect_no_copy,
    expect_told,
    expect_unseeded,
    random_starts,
)
from quantization_oracles import NF4, blockwise, blockwise_back, in_nf4, size_of
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


def draw_case(rng, dtype=torch.float32):
    """A layer to finetune; its last block of 64 is short. `direction` (4, d_out) is the gradient at the output."""
    case = QLoRACase(rng, *rng.choice([(21, 13), (26, 9)]), *rng.choice([(2, 7), (3, 11)]), dtype=dtype)
    case.direction = rng.randn(4, case.d_out).to(dtype)
    return case


@probe
def run_qlora(student, weight, bias, A, B, alpha, x, direction):
    """A QLoRALinear that holds this A and B: output, gradients of sum(output · direction), and the merged layer.

    Once A and B are larger by 1, that layer's weight and what is merged anew. And whether training the merged layer
    changes this one.
    """
    linear = builders.linear(weight, bias)
    layer = student.QLoRALinear(linear, A.shape[0], alpha)
    builders.fill(layer, A, B)
    x = x.clone().requires_grad_(True)
    output = layer(x)
    if output.requires_grad:
        (output * direction).sum().backward()
    gradients = [parameter.grad for parameter in layer.parameters() if parameter.grad is not None]
    found = {}
    for name, matrix in (("A", A), ("B", B)):
        for gradient in gradients:
            if gradient.shape == matrix.shape:
                found[name] = gradient
            elif gradient.shape == matrix.T.shape:
                found[name] = gradient.T
    merged = layer.merge()
    result = {
        "output": output,
        "A": found.get("A"),
        "B": found.get("B"),
        "x": x.grad,
        "others": len(gradients) - len(found),
        "bias_learns": bias is not None and any(gradient.shape == bias.shape for gradient in gradients),
        "given_gradients": [parameter.grad for parameter in linear.parameters()],
        "linear": isinstance(merged, nn.Linear),
        "merged_weight": getattr(merged, "weight", None),
        "merged_bias": getattr(merged, "bias", None),
        "merged_output": merged(x) if getattr(merged, "weight", x).dtype == x.dtype and callable(merged) else None,
        "after": layer(x),
    }
    result = {name: one.clone() if isinstance(one, torch.Tensor) else one for name, one in result.items()}
    with torch.no_grad():
        for parameter in layer.parameters():
            if parameter.requires_grad:
                parameter += 1  # as training does
    result["merged_still"] = getattr(merged, "weight", torch.zeros(())).clone()
    result["merged_later"] = getattr(layer.merge(), "weight", torch.zeros(())).clone()
    with torch.no_grad():
        before = layer(x)
        for parameter in merged.parameters() if isinstance(merged, nn.Module) else ():
            parameter += 1  # as training does
        return {**result, "shared": not torch.equal(before, layer(x))}


def run_case(student, case):
    """`run_qlora` with what the case holds."""
    return student.run(run_qlora, case.weight, case.bias, case.A, case.B, case.alpha, case.x, case.direction)


@exercise("QLoRALinear")
def test_qlora_docstring_example(student, rng):
    weight, A, B = torch.tensor([[0.5, -1.0, 0.0, 2.0]]), torch.tensor([[1.0, 0, 2, 0]]), torch.tensor([[0.5]])
    result = student.run(run_qlora, weight, None, A, B, 3, torch.ones(1, 4), torch.ones(1, 1))
    quantized = (NF4[torch.tensor([[10, 2, 7, 15]])] * 2).float()
    base, update = quantized.sum().reshape(1, 1), 0.5 * A  # x Ŵᵀ (1, 1) and B A (1, 4), which adds 1.5 to the output
    merged = quantized + 3 * update
    expect_close(
        [result["output"], result["merged_weight"]],
        [base + 3 * 1.5, merged],
        what="Output and merged weight of the docstring's example",
        mistakes={
            "The update is added without the factor alpha / r.": [base + 1.5, quantized + update],
            "The base weight is the original one, not the quantized one.": [torch.tensor([[6.0]]), weight + 3 * update],
            "merge() adds the update to the original weight; A and B were trained beside the quantized one.": [
                base + 3 * 1.5,
                weight + 3 * update,
            ],
            "forward adds the update without the factor alpha / r.": [base + 1.5, merged],
            "merge() adds B A without the factor alpha / r.": [base + 3 * 1.5, quantized + update],
            "merge() quantizes the merged weight again, which throws most of the update away.": [
                base + 3 * 1.5,
                in_nf4(merged),
            ],
        },
    )
    if result["merged_bias"] is not None:
        fail("The merged layer has a bias, although the layer has none.", expected=None, got=result["merged_bias"])
    case = QLoRACase(rng, 4, 1, 1, rng.randint(4, 9))
    result = student.run(run_qlora, case.weight, None, case.A, case.B, case.alpha, case.x, torch.ones(4, 1))
    expect_close(
        [result["output"], result["merged_weight"]],
        [case.output(bias=torch.zeros(1)).float(), (case.quantized + case.update).float()],
        what="Output and merged weight of a layer of four numbers",
        **TOL_QLORA,
    )


WHOLE_FACTOR = "alpha // r drops the fraction; alpha / r need not be a whole number."


def output_mistakes(case):
    """Sentence → the output (4, d_out) in fp64."""
    int4 = blockwise_back(*blockwise(case.weight, 64, 4), 64)  # (d_out, d_in)
    adapter_only = case.output(weight=torch.zeros(())) - case.bias
    return {
        "The base weight is the original one, not the quantized one.": case.output(weight=case.weight),
        "The update is added without the factor alpha / r.": case.output(update=case.product),
        "The update is multiplied by alpha but not divided by r.": case.output(update=case.alpha * case.product),
        WHOLE_FACTOR: case.output(update=case.alpha // case.r * case.product),
        "The output does not depend on A and B.": case.output(update=0),
        "The bias is lost.": case.output() - case.bias,
        "The output of the base weight is missing; only the adapter's comes out.": adapter_only,
        "The base weight is in int4; it must be NF4.": case.output(weight=int4),
    }


def expect_output(case, result):
    """Compare the layer's output with the right one, and with what mistakes would give."""
    expect_close(
        result["output"],
        case.output().to(case.x.dtype),
        what="The output",
        mistakes={sentence: output.to(case.x.dtype) for sentence, output in output_mistakes(case).items()},
        advice="h = x Ŵᵀ + b + (alpha / r) · x Aᵀ Bᵀ with Ŵ = nf4_dequantize(nf4_quantize(W)).",
        **TOL_QLORA,
    )


@exercise("QLoRALinear", points=2)
def test_output_of_nf4_weight_and_adapter(student, rng):
    for dtype in (torch.float32, torch.float64):
        case = draw_case(rng, dtype)
        try:
            result = run_case(student, case)
        except StudentError as error:
            if error.type != "RuntimeError" or dtype == torch.float32:
                raise
            fail("A, B and the dequantized weight do not have the dtype of the linear layer.", got=str(error))
        expect_output(case, result)
        if isinstance(result["merged_weight"], torch.Tensor) and result["merged_weight"].dtype != dtype:
            fail("The merged layer does not have the dtype of the linear layer.", got=result["merged_weight"])


@exercise("QLoRALinear")
def test_gradients_reach_a_and_b_and_the_input(student, rng):
    case = draw_case(rng)
    result = run_case(student, case)
    expect_output(case, result)
    for name in ("A", "B"):
        if result[name] is None:
            fail(
                f"{name} gets no gradient.", advice="No .data, .detach() or torch.no_grad() between it and the output."
            )
    if result["x"] is None:
        fail("The input gets no gradient at all, so layers before this one could not learn.")
    expect_close(
        {"A": result["A"], "B": result["B"]},
        {
            "A": case.scale * (case.direction @ case.B).T @ case.x,  # (r, 4) @ (4, d_in)
            "B": case.scale * case.direction.T @ (case.x @ case.A.T),  # (d_out, 4) @ (4, r)
        },
        what="The gradient at A and B",
        **TOL_QLORA,
    )
    through_base = (case.direction.double() @ case.quantized).float()  # (4, d_out) @ (d_out, d_in)
    through_adapter = (case.direction.double() @ case.update).float()
    expect_close(
        result["x"],
        through_base + through_adapter,
        what="The gradient at the input",
        mistakes={
            "No gradient flows back through the quantized weight to the input.": through_adapter,
            "No gradient flows back through the adapter to the input.": through_base,
            "The gradient at the input is that of the original weight.": case.direction @ case.weight + through_adapter,
        },
        **TOL_QLORA,
    )
    if result["bias_learns"]:
        fail("The bias is still trainable.", advice="register_buffer instead of nn.Parameter.")
    if result["others"]:
        fail("Something besides A and B gets a gradient.", expected=0, got=result["others"])
    if any(gradient is not None for gradient in result["given_gradients"]):
        fail(
            "A gradient flows back into the linear layer that was given; only A and B learn.",
            advice=".detach() what is kept of it, the bias too.",
        )


@exercise("QLoRALinear", points=2)
def test_merging_into_the_dequantized_weight(student, rng):
    case = draw_case(rng)
    result = run_case(student, case)
    if not result["linear"]:
        fail("merge() must return an nn.Linear.", got=result["merged_weight"])
    expect_output(case, result)
    merged, output = case.quantized + case.update, case.output().float()
    mistakes = {
        "merge() adds the update to the original weight; A and B were trained beside the quantized one.": (
            case.weight + case.update
        ),
        "merge() adds B A without the factor alpha / r.": case.quantized + case.product,
        "merge() divides alpha by r in whole numbers, which drops the fraction.": (
            case.quantized + case.alpha // case.r * case.product
        ),
        "merge() leaves the update out.": case.quantized,
        "merge() gives the update alone.": case.update,
        "merge() quantizes the merged weight again, which throws most of the update away.": in_nf4(merged),
    }
    expect_close(
        result["merged_weight"],
        merged.float(),
        what="The merged weight",
        mistakes={sentence: weight.float() for sentence, weight in mistakes.items()},
        advice="Dequantize, add (alpha / r) · B A, put the sum into a new nn.Linear.",
        **TOL_QLORA,
    )
    expect_close(
        result["merged_bias"],
        case.bias,
        what="The merged layer's bias",
        mistakes={"The merged layer has a bias of its own; it is that of the layer.": torch.zeros_like(case.bias)},
        advice="Copy the bias into the new layer.",
    )
    expect_close(
        [result["merged_output"], result["after"]],
        [output, output],
        what="The output of the merged layer, or that of this layer after merging,",
        mistakes={
            "merge() changes the layer itself; it must stay as it is.": [
                output,
                case.output(update=2 * case.update).float(),
            ],
            "After merge() the layer itself computes without its adapter.": [output, case.output(update=0).float()],
        },
        **TOL_QLORA,
    )
    expect_close(
        result["merged_still"],
        merged.float(),
        what="The merged weight after this layer was trained on",
        mistakes={
            "The merged layer changes when this one is trained on; it must hold numbers of its own.": merged.float()
            + 1,
        },
        **TOL_QLORA,
    )
    expect_close(
        result["merged_later"],
        (case.quantized + case.scale * (case.B.double() + 1) @ (case.A.double() + 1)).float(),
        what="The weight that is merged once A and B have changed",
        mistakes={
            "merge() gives what it merged at its first call, whatever A and B have become.": merged.float(),
        },
        **TOL_QLORA,
    )
    if result["shared"]:
        fail(
            "Training the merged layer changes this one too: they share a tensor, such as the bias.",
            advice="Copy what goes into the new layer: .detach().clone().",
        )


@probe
def fresh_qlora(student, weight, bias, r, alpha, x):
    """A QLoRALinear as it starts: output, trainable tensors, state, and what is left of the linear layer; its output
    once more after the linear layer has changed. The trainable tensors of another that is made after it, and torch's
    next random number after each of the two."""
    linear = builders.linear(weight, bias)
    layer = student.QLoRALinear(linear, r, alpha)
    draws = [torch.rand(())]
    given = [linear.weight, linear.bias]
    result = {
        "output": layer(x),
        "trainable": [tensor for tensor in layer.parameters() if tensor.requires_grad],
        "state": dict(layer.state_dict()),
        "given": [tensor.detach().clone() for tensor in given],
        "frozen": [not tensor.requires_grad for tensor in given],
    }
    other = student.QLoRALinear(builders.linear(weight, bias), r, alpha)
    result["draws"] = [*draws, torch.rand(())]
    result["other"] = [tensor for tensor in other.parameters() if tensor.requires_grad]
    with torch.no_grad():
        for tensor in given:
            tensor += 1
    return {**result, "after": layer(x)}


@exercise("QLoRALinear")
def test_it_starts_as_the_quantized_base(student, rng):
    case = draw_case(rng)
    result = student.run(fresh_qlora, case.weight, case.bias, case.r, case.alpha, case.x)
    shapes = [tuple(tensor.shape) for tensor in result["trainable"]]
    expected = [(case.r, case.d_in), (case.d_out, case.r)]
    if (case.d_out,) in shapes:
        fail("The bias is still trainable.", expected=expected, got=shapes)
    if sorted(map(sorted, shapes)) != sorted(map(sorted, expected)):
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.", expected=expected, got=shapes)
    zero = [tensor for tensor in result["trainable"] if not tensor.any()]
    if not zero:
        fail("A and B both start random, so the layer does not start as its quantized base.")
    if len(zero) == 2:
        fail("A and B both start at zero, so neither ever gets a gradient.")
    random = next(tensor for tensor in result["trainable"] if tensor.any())
    rows = random if random.shape[0] == case.r else random.T  # (r, d_in) or (r, d_out)
    if torch.allclose(rows, rows[:1].expand_as(rows), atol=1e-5):
        fail(
            "The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.",
            advice="Draw its entries, for instance with torch.randn or nn.init.kaiming_uniform_.",
        )
    same = any(random.shape == other.shape and torch.equal(random, other) for other in result["other"])
    expect_unseeded(same, torch.equal(*result["draws"]))
    expect_close(result["output"], case.output(update=0).float(), what="The output of a fresh layer", **TOL_QLORA)
    expect_equal(
        result["given"], [case.weight, case.bias], what="The linear layer that was given, which must stay as it was,"
    )
    if any(result["frozen"]):
        fail("The linear layer that was given is frozen; it must be left as it was.")
    expect_close(
        result["after"],
        case.output(update=0).float(),
        what="The output after the linear layer that was given has changed",
        mistakes={
            "The bias is shared with the linear layer that was given; keep a copy.": (
                case.output(update=0, bias=case.bias + 1).float()
            ),
        },
        **TOL_QLORA,
    )
    # 360 numbers or more from torch.randn come to 1, give or take 0.04; without a division by their root, to 10.
    seed = rng.randint(0, 1 << 30)
    (start, _), (again, _) = random_starts(student, rng, rng.randint(110, 130), rng.randint(90, 100), 4, [seed, seed])
    if not torch.equal(start, again):
        fail("The random matrix is not drawn from torch's global generator, so a seed does not repeat it.")
    if (size := float(start.double().square().mean() ** 0.5)) > 1.5:
        fail(
            "The matrix that is not zero starts too large, so the first steps of training throw the layer about.",
            expected="numbers of the size that torch.randn gives, or smaller",
            got=f"a standard deviation of {size:.2g}",
            advice="Divide by the root of d_in, as in torch.randn(r, d_in) / d_in**0.5.",
        )


@exercise("QLoRALinear")
def test_no_copy_of_the_weight_is_kept(student, rng):
    case = draw_case(rng)
    result = student.run(fresh_qlora, case.weight, case.bias, case.r, case.alpha, case.x)
    n, state = case.weight.numel(), [t for t in result["state"].values() if isinstance(t, torch.Tensor)]
    floats = [tensor for tensor in state if tensor.is_floating_point()]
    code_bytes, float_bytes = sum(size_of(t) for t in state if not t.is_floating_point()), sum(map(size_of, floats))
    packed_bytes = -(-n // 2)
    expected = 4 * (-(-n // 64) + case.d_out + case.r * (case.d_in + case.d_out))  # block maxima, bias, A and B
    if any(tensor.numel() >= n for tensor in floats):
        fail(
            "The weight is kept in floating-point numbers, so nothing is saved.",
            expected=f"{packed_bytes} bytes of codes",
        )
    if code_bytes >= n:
        fail("Each 4-bit code takes a whole byte; two go into one.", expected=f"{packed_bytes} bytes of codes")
    if code_bytes < packed_bytes or float_bytes < expected:
        fail(
            "The state lacks something that the layer needs: codes, block maxima, bias, A or B.",
            expected=f"{packed_bytes} bytes of codes and {expected} of fp32",
            got=f"{code_bytes} and {float_bytes}",
        )
    if float_bytes > expected + 64:
        fail(
            "The state holds more than codes, block maxima, bias, A and B.",
            expected=f"{expected} bytes",
            got=f"{float_bytes}",
        )
    expect_close(result["output"], case.output(update=0).float(), what="The output of a fresh layer", **TOL_QLORA)
    expect_it_computes_from_packed_codes(student, *(QLoRACase(rng, 26, 9, 2, 7) for _ in range(3)))
    expect_maxima_in_fp32(student, rng, torch.bfloat16)


@probe
def of_ranks(student, weight, bias, ranks, alpha, A, B, x):
    """For each rank the output of a QLoRALinear that holds the first rows of A and columns of B, or its error; nothing
    where it should be one.
    """
    found = []
    for r in ranks:
        try:
            layer = student.QLoRALinear(builders.linear(weight, bias), r, alpha)
        except NotImplementedError:
            raise
        except Exception as error:
            found.append([type(error).__name__, str(error)])
        else:
            if r > 0:
                builders.fill(layer, A[:r], B[:, :r])
            found.append(layer(x) if r > 0 else None)
    return found


@exercise("QLoRALinear")
def test_a_rank_below_one_is_an_error(student, rng):
    case = QLoRACase(rng, 21, 13, 6, rng.randint(3, 9))
    ranks = rng.permutation([0, -1, -rng.randint(2, 9), 1, rng.randint(2, 5), 6])  # where an error is due is drawn
    answers = student.run(of_ranks, case.weight, case.bias, ranks, case.alpha, case.A, case.B, case.x)
    for r, answer in zip(ranks, answers, strict=True):
        if r < 1:
            expect_told(answer, "QLoRALinear with r below 1", advice=f"Here r is {r}.")
        else:
            update = case.alpha / r * case.B[:, :r].double() @ case.A[:r].double()
            what = f"The output with r={r}"
            expect_close(answer, case.output(update=update).float(), what=what, **TOL_QLORA)


@probe
def kept_beside_the_state(student, weight, bias, r, alpha, x):
    """The output of a fresh QLoRALinear, and the floating-point tensors as large as the weight that live on after it
    and after merging."""
    import gc

    linear = builders.linear(weight, bias)
    frozen = gc.get_freeze_count()
    gc.freeze()  # what is there already is looked at no more: a walk through all of it takes a second
    try:
        layer = student.QLoRALinear(linear, r, alpha)
        output = layer(x).detach()
        layer.merge()
        gc.collect()
        new = [thing for thing in gc.get_objects() if torch.Tensor in type(thing).__mro__]
    finally:
        if not frozen:
            gc.unfreeze()
    return {"output": output, "kept": [t for t in new if t.is_floating_point() and t.numel() == weight.numel()]}


@exercise("QLoRALinear")
def test_no_copy_of_the_weight_beside_the_state_in_nf4(student, rng):
    case = draw_case(rng)
    result = student.run(kept_beside_the_state, case.weight, case.bias, case.r, case.alpha, case.x)
    expect_no_copy(result["kept"], case.weight, case.quantized)
    expect_close(
        result["output"], case.output(update=0).float(), what="The output of a layer without copies", **TOL_QLORA
    )
