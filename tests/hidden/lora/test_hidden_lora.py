"""Hidden checks of the lesson on memory and LoRA: corners, and what hard-coded answers get wrong.

Feedback shows their sentences only. None repeats a visible check.
"""

import itertools

import torch
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe

# As in the visible checks: fp32 sums of ten products of size 10 round by less than 6e-6; mistakes move things by 0.1.
FP32 = {"rtol": 1e-4, "atol": 1e-4}


def normal(rng, *shape, dtype=torch.float32):
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng, dtype=dtype)


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


# --- memory ---------------------------------------------------------------------------------------------------------


@exercise("to_gigabytes")
def test_small_numbers_are_not_rounded(student, rng):
    n = 1_000_000 * whole(rng, 1, 999) + 1_234
    right = n / 1e9
    expect_close(
        [student.to_gigabytes(n), student.to_gigabytes(0)],
        [right, 0.0],
        what="to_gigabytes of less than a gigabyte",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "It rounds its result.": lambda: [round(right, 2), 0.0],
            "It rounds its result to one decimal.": lambda: [round(right, 1), 0.0],
            "It rounds its result to three decimals.": lambda: [round(right, 3), 0.0],
        },
    )


def estimate(n, trained, adapter, weight=16, gradient=16, optimizer=64, adapter_bits=16, scales=0.0):
    """Bytes by part, put together from what is stored how often."""
    found = {
        "weights": n * weight / 8,
        "scales": scales,
        "gradients": trained * gradient / 8,
        "optimizer": trained * optimizer / 8,
        "adapter": adapter * adapter_bits / 8,
    }
    return {**found, "total": sum(found.values())}


@exercise("memory_estimate")
def test_seven_billion_parameters(student):
    n = 7_000_000_000
    got = [
        student.memory_estimate(n)["total"],
        student.memory_estimate(n, optimizer_bits=96)["total"],
        student.memory_estimate(n, "inference", weight_bits=4)["total"],
        student.memory_estimate(n, "inference", weight_bits=4, block_size=64)["total"],
    ]
    expect_close(
        got,
        [84e9, 112e9, 3.5e9, 3.9375e9],
        what="The total for 7 billion parameters",
        rtol=1e-9,
        mistakes={
            "optimizer_bits is not used; a master copy makes it 96.": [84e9, 84e9, 3.5e9, 3.9375e9],
            "Scales are counted for qlora only; a quantized model has them in inference too.": [
                84e9,
                112e9,
                3.5e9,
                3.5e9,
            ],
        },
    )


@exercise("memory_estimate")
def test_every_precision_counts(student, rng):
    n, adapter = whole(rng, 5_000, 9_000), whole(rng, 100, 200)
    right = estimate(n, n, 0, 32, 32, 64)
    expect_close(
        student.memory_estimate(n, "full", 32, 32, 64),
        right,
        what="The estimate of full finetuning in fp32",
        mistakes={
            "weight_bits is not used.": lambda: estimate(n, n, 0, 16, 32, 64),
            "gradient_bits is not used.": lambda: estimate(n, n, 0, 32, 16, 64),
            "weight_bits and gradient_bits are not used.": lambda: estimate(n, n, 0, 16, 16, 64),
        },
    )
    expect_close(
        student.memory_estimate(n, "lora", 32, 32, 64, adapter),
        estimate(n, adapter, adapter, 32, 32, 64, 32),
        what="The estimate of LoRA in fp32",
        mistakes={
            "The adapter is counted at 16 bits even beside 32-bit weights.": lambda: estimate(
                n, adapter, adapter, 32, 32, 64, 16
            ),
        },
    )


@exercise("memory_estimate")
def test_without_adapter_nothing_of_it_counts(student, rng):
    n, adapter = whole(rng, 5_000, 9_000), whole(rng, 100, 200)
    for method, trained in (("full", n), ("inference", 0)):
        expect_close(
            student.memory_estimate(n, method, adapter_params=adapter),
            estimate(n, trained, 0),
            what=f"The estimate of {method} when adapter_params is given",
            mistakes={
                "The adapter is counted although this method has none.": lambda t=trained: estimate(n, t, adapter),
                "The adapter is counted and trained although this method has none.": lambda t=trained: estimate(
                    n, t + adapter, adapter
                ),
            },
        )
    expect_close(student.memory_estimate(n, "lora"), estimate(n, 0, 0), what="The estimate of lora without adapters")


@exercise("memory_estimate")
def test_blocks_that_fit_exactly(student, rng):
    blocks, size = whole(rng, 20, 60), whole(rng, 30, 50)
    n = blocks * size
    for total, count in ((n, blocks), (n + 1, blocks + 1), (n - 1, blocks)):
        expect_close(
            student.memory_estimate(total, "inference", weight_bits=8, block_size=size),
            estimate(total, 0, 0, weight=8, scales=4.0 * count),
            what="The estimate with scales",
            mistakes={
                "The last, ragged block has a scale too, but it is not counted.": lambda t=total: estimate(
                    t, 0, 0, weight=8, scales=4.0 * (t // size)
                ),
                "A scale too many is counted when the blocks fit exactly.": lambda t=total: estimate(
                    t, 0, 0, weight=8, scales=4.0 * (t // size + 1)
                ),
            },
        )


@exercise("memory_estimate")
def test_settings_that_make_no_sense(student):
    with expect_error("ValueError", what="memory_estimate with a negative n_params"):
        student.memory_estimate(-1)
    with expect_error("ValueError", what="memory_estimate with block_size 0"):
        student.memory_estimate(100, "inference", block_size=0)
    with expect_error("ValueError", what="qlora with 16-bit weights"):
        student.memory_estimate(100, "qlora", adapter_params=10)
    student.memory_estimate(100)  # whoever refuses everything has not seen what is wrong


@exercise("kv_cache_bytes")
def test_the_cache_of_llama_3(student):
    got = [student.kv_cache_bytes(32, 8, 128, 8192, 1, bits) for bits in (16, 4)] + [
        student.kv_cache_bytes(32, 8, 128, 0, 1, 16)
    ]
    right = [1_073_741_824, 268_435_456, 0]
    expect_close(
        got,
        right,
        what="The cache of a model with 8 KV heads",
        rtol=0.0,
        mistakes={
            "It rounds the bytes of one number down, so that 4 bits take nothing.": [1_073_741_824, 0, 0],
            "It rounds the bytes of one number up, so that 4 bits take as much as 8.": [
                1_073_741_824,
                536_870_912,
                0,
            ],
            "It counts every number as 16 bits, whatever bits says.": [1_073_741_824, 1_073_741_824, 0],
            "It counts one head for each query, not one for each KV head.": [4 * n for n in right],
        },
    )


# --- LoRA -----------------------------------------------------------------------------------------------------------


@exercise("lora_parameter_count")
def test_counts_of_gpt2(student):
    expect_equal(
        [student.lora_parameter_count(*sizes) for sizes in ((768, 768, 8), (768, 2304, 8), (2304, 768, 8), (5, 3, 7))],
        [12_288, 24_576, 24_576, 56],
        what="The count for GPT-2's layers and for a rank above both sides",
        mistakes={
            "It caps the rank at the smaller side; the layer does not.": [12_288, 24_576, 24_576, 24],
            "It doubles d_in; d_in and d_out may differ.": [12_288, 12_288, 36_864, 70],
        },
    )


@exercise("lora_parameter_count")
def test_a_negative_rank_is_no_rank(student):
    with expect_error("ValueError", what="lora_parameter_count with a negative r"):
        student.lora_parameter_count(4, 3, -2)
    student.lora_parameter_count(4, 3, 2)


@probe
def outputs(lesson, weight, bias, A, B, alphas, x):
    """Outputs of layers that differ in alpha only; their trainable dtypes, as far as they are A and B."""
    results, dtypes = [], []
    for alpha in alphas:
        base = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
        with torch.no_grad():
            base.weight.copy_(weight)
            if bias is not None:
                base.bias.copy_(bias)
        layer = lesson.LoRALinear(base, A.shape[0], alpha)
        with torch.no_grad():
            for tensor in layer.parameters():
                for values in (A, A.T, B, B.T):
                    if tensor.requires_grad and tensor.shape == values.shape:
                        tensor.copy_(values)
                        dtypes.append(str(tensor.dtype))
        results.append(layer(x))
    return {"outputs": results, "dtypes": dtypes}


def expect_a_detour(student, rng):
    """Fail unless the output has a part in x (B A)^T, of whatever size: a layer that computes nothing earns nothing for
    what it says of itself, which these checks can only ask it."""
    weight, bias, A, B, x = normal(rng, 5, 8), normal(rng, 5), normal(rng, 3, 8), normal(rng, 5, 3), normal(rng, 4, 8)
    (output,) = student.run(outputs, weight, bias, A, B, [7], x)["outputs"]
    parts = [x @ weight.T, bias.expand(4, 5), x @ (B @ A).T]
    if output.shape == parts[0].shape and output.isfinite().all():
        columns, column = torch.stack(parts).flatten(1).T.double(), output.detach().reshape(-1, 1).double()
        factors = torch.linalg.lstsq(columns, column).solution
        if factors[2].abs() > 0.01 and torch.allclose(columns @ factors, column, **FP32):
            return
    fail("The layer computes nothing with its two matrices, so what it says of itself does not count.")


@exercise("LoRALinear")
def test_a_base_without_bias(student, rng):
    weight, A, B, x = normal(rng, 5, 8), normal(rng, 3, 8), normal(rng, 5, 3), normal(rng, 4, 8)
    try:
        seen = student.run(outputs, weight, None, A, B, [7], x)
    except StudentError as error:
        fail("The layer can't adapt a base that has no bias.", got=str(error))
    (output,) = seen["outputs"]
    expect_close(output, x @ weight.T + 7 / 3 * x @ (B @ A).T, what="The output without bias", **FP32)


@exercise("LoRALinear")
def test_the_update_is_proportional_to_alpha(student, rng):
    weight, bias, A, B = normal(rng, 9, 6), normal(rng, 9), normal(rng, 2, 6), normal(rng, 9, 2)
    x = torch.cat([normal(rng, 3, 6), torch.zeros(1, 6)])
    seen = student.run(outputs, weight, bias, A, B, [2.5, 5.0, 20], x)
    base = x @ weight.T + bias
    for times, output in zip((1.25, 2.5, 10), seen["outputs"], strict=True):
        expect_close(
            output,
            base + times * x @ (B @ A).T,
            what="The output for another alpha",
            mistakes={
                "alpha is cut to a whole number.": lambda t=times: base + (2 * t // 1) / 2 * x @ (B @ A).T,
                "alpha // r drops the fraction; alpha / r need not be a whole number.": lambda t=times: (
                    base + (t // 1) * x @ (B @ A).T
                ),
            },
            rtol=1e-4,
            atol=1e-3,  # the largest update is ten times that of the other checks
        )


@exercise("LoRALinear")
def test_a_rank_above_both_sides(student, rng):
    weight, bias, x = normal(rng, 4, 3), normal(rng, 4), normal(rng, 5, 3)
    for r in (1, 6):
        A, B = normal(rng, r, 3), normal(rng, 4, r)
        seen = student.run(outputs, weight, bias, A, B, [7], x)
        right = x @ weight.T + bias + 7 / r * x @ (B @ A).T
        expect_close(seen["outputs"][0], right, what="The output for a very small or large rank", **FP32)


@exercise("LoRALinear")
def test_the_bases_dtype_is_kept(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-9), (torch.bfloat16, 0.1)):  # bf16: 2**-8 of sums of size 10
        weight, bias, x = normal(rng, 5, 6).to(dtype), normal(rng, 5).to(dtype), normal(rng, 4, 6).to(dtype)
        A, B = normal(rng, 2, 6).to(dtype) / 4, normal(rng, 5, 2).to(dtype) / 4
        try:
            seen = student.run(outputs, weight, bias, A, B, [3], x)
        except StudentError as error:
            if error.type != "RuntimeError":
                raise
            fail("A and B do not take the base's dtype.", got=str(error))
        if any(kind != str(dtype) for kind in seen["dtypes"]):
            fail("A and B do not take the base's dtype.", expected=str(dtype), got=seen["dtypes"])
        right = x.double() @ weight.double().T + bias.double() + 1.5 * x.double() @ (B.double() @ A.double()).T
        if seen["outputs"][0].dtype != dtype:
            fail("What comes out does not have the base's dtype.", expected=dtype, got=seen["outputs"][0].dtype)
        expect_close(seen["outputs"][0].double(), right, what="The output in the base's dtype", rtol=0, atol=tolerance)


@probe
def on_meta(lesson):
    """Devices of the trainable tensors of a layer whose base has shapes but no memory."""
    layer = lesson.LoRALinear(nn.Linear(6, 5, device="meta"), 2, 7)
    return sorted({str(tensor.device) for tensor in layer.parameters() if tensor.requires_grad})


@exercise("LoRALinear")
def test_the_bases_device_is_kept(student, rng):
    if student.run(on_meta) != ["meta"]:
        fail("A and B do not go to the base's device, so the layer fails on a GPU.")
    expect_a_detour(student, rng)


@probe
def two_starts(lesson, seed, other_seed):
    """The random matrices of three layers: two made after one seed, one after another; and a draw after each seed."""
    starts, draws = [], []
    for count, start in ((2, seed), (1, other_seed)):
        torch.default_generator.manual_seed(start)
        for _ in range(count):
            layer = lesson.LoRALinear(nn.Linear(6, 5), 2, 7)
            starts += [tensor for tensor in layer.parameters() if tensor.requires_grad and bool((tensor != 0).any())]
        draws.append(torch.rand(()))
    return {"starts": starts, "draws": draws}


@exercise("LoRALinear")
def test_every_layer_draws_its_own_start(student, rng):
    seen = student.run(two_starts, whole(rng, 0, 1 << 30), whole(rng, 0, 1 << 30))
    same = any(
        a.shape == b.shape and torch.equal(a, b) for a, b in itertools.combinations(seen["starts"], 2)
    ) or torch.equal(*seen["draws"])
    if same:
        fail("It seeds torch's random generator itself, so every layer starts with the same numbers.")
    if len(seen["starts"]) != 3:
        fail("Not exactly one of A and B starts at zero.")
    expect_a_detour(student, rng)


@probe
def train_a_step(lesson, weight, bias, alpha, x, direction, rate):
    """One SGD step on everything the layer calls a parameter; the trainable tensors before and after, the output."""
    base = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        base.weight.copy_(weight)
        base.bias.copy_(bias)
    layer = lesson.LoRALinear(base, 2, alpha)
    trained = [tensor for tensor in layer.parameters() if tensor.requires_grad and 2 in tensor.shape]
    before = [tensor.detach().clone() for tensor in trained]
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    (layer(x) * direction).sum().backward()
    optimizer.step()
    return {"before": before, "after": trained, "output": layer(x), "delta": layer.delta()}


@exercise("LoRALinear", points=2)
def test_the_first_step_moves_only_the_zero_matrix(student, rng):
    weight, bias, x, direction = normal(rng, 6, 9), normal(rng, 6), normal(rng, 4, 9), normal(rng, 4, 6)
    seen = student.run(train_a_step, weight, bias, 7, x, direction, 0.1)
    pairs = list(zip(seen["before"], seen["after"], strict=True))
    if len(pairs) != 2:
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.")
    zero = [pair for pair in pairs if not pair[0].any()]
    other = [pair for pair in pairs if pair[0].any()]
    if len(zero) != 1:
        fail("Not exactly one of A and B starts at zero.")
    if torch.equal(*zero[0]):
        fail("The first training step moves nothing.")
    if not torch.equal(*other[0]):
        fail("The first training step moves both matrices; while one is zero, the other has no gradient.")
    product = dense_product([after for _, after in pairs], 9, 6)
    expect_close(
        seen["output"],
        x @ weight.T + bias + 3.5 * x @ product.T,
        what="The output after one training step, computed from the trained A and B,",
        mistakes={},
        advice="Either the base moved, or forward does not use what was trained.",
        **FP32,
    )
    expect_close(
        seen["delta"],
        3.5 * product,
        what="delta() after one training step",
        mistakes={"delta() shows the start, not what has been trained since.": lambda: torch.zeros(6, 9)},
        **FP32,
    )


def dense_product(matrices, d_in, d_out):
    """B A from A and B in any order and orientation."""
    A = next(m if m.shape[1] == d_in else m.T for m in matrices if d_in in m.shape)
    B = next(m if m.shape[0] == d_out else m.T for m in matrices if d_out in m.shape)
    return B @ A


@probe
def slopes(lesson, weight, A, B, alpha, x, along_a, along_b, size):
    """The loss's slope along a direction in A and B: by central difference, and by the layer's own gradients."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=weight.dtype)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = lesson.LoRALinear(base, A.shape[0], alpha)
    steps = {}
    with torch.no_grad():
        for tensor in layer.parameters():
            for start, step in ((A, along_a), (A.T, along_a.T), (B, along_b), (B.T, along_b.T)):
                if tensor.requires_grad and tensor.shape == start.shape:
                    tensor.copy_(start)
                    steps[tensor] = step
    loss = layer(x).pow(3).sum()
    grads = torch.autograd.grad(loss, list(steps), allow_unused=True) if loss.requires_grad else [None] * len(steps)
    by_grad = sum(float((g * s).sum()) for g, s in zip(grads, steps.values(), strict=True) if g is not None)
    values = []
    with torch.no_grad():
        for times in (size, -2 * size):
            for tensor, step in steps.items():
                tensor += times * step
            values.append(float(layer(x).pow(3).sum()))
    return {"by_grad": by_grad, "by_difference": (values[0] - values[1]) / (2 * size)}


@exercise("LoRALinear")
def test_gradients_agree_with_differences(student, rng):
    double = {"dtype": torch.float64}
    weight, A, B = normal(rng, 4, 7, **double), normal(rng, 2, 7, **double), normal(rng, 4, 2, **double)
    directions = normal(rng, 2, 7, **double), normal(rng, 4, 2, **double)
    seen = student.run(slopes, weight, A, B, 3, normal(rng, 3, 7, **double), *directions, 1e-5)
    # A central difference errs by size² · f'''/6: f''' is some 1e6 here, so 1e-4, and rounding adds as much.
    expect_close(
        seen["by_grad"],
        seen["by_difference"],
        what="The slope by your gradients, against a central difference of your outputs,",
        rtol=1e-6,
        atol=0.05,
    )
    expect_a_detour(student, rng)


@probe
def square_chain(lesson, weight, first, second, alpha, x):
    """Outputs of a square layer before merging, merged, and unmerged again, and with delta() added by hand."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = lesson.LoRALinear(base, first.shape[0], alpha)
    with torch.no_grad():
        for tensor, values in zip((t for t in layer.parameters() if t.requires_grad), (first, second), strict=True):
            tensor.copy_(values if tensor.shape == values.shape else values.T)
    delta, results = layer.delta(), [layer(x)]
    layer.merge()
    results.append(layer(x))
    layer.unmerge()
    results.append(layer(x))
    return {"results": results, "delta": delta}


@exercise("LoRALinear")
def test_merging_a_square_layer(student, rng):
    weight, first, second, x = normal(rng, 6, 6), normal(rng, 2, 6), normal(rng, 2, 6), normal(rng, 4, 6)
    seen = student.run(square_chain, weight, first, second, 5, x)
    base, (before, merged, unmerged) = x @ weight.T, seen["results"]
    if torch.allclose(before, base, **FP32):
        fail("The detour of a square layer changes nothing.")
    either = [2.5 * second.T @ first, 2.5 * first.T @ second]  # whichever of the two is A
    if not any(torch.allclose(seen["delta"], update, **FP32) for update in either):
        fail("delta() of a square layer is not alpha / r times the product of its two matrices.")
    expect_close(
        before,
        base + x @ seen["delta"].T,
        what="The output of a square layer, against W + delta(),",
        mistakes={
            "delta() is transposed: it must be (d_out, d_in), like the weight.": lambda: base + x @ seen["delta"]
        },
        **FP32,
    )
    expect_close(
        merged,
        before,
        what="The output of a square layer after merging",
        mistakes={
            "merge() adds the update transposed, which only a square layer lets pass.": lambda: base + x @ seen["delta"]
        },
        **FP32,
    )
    expect_close(unmerged, before, what="The output of a square layer after merge() and unmerge()", **FP32)


@probe
def merge_often(lesson, weight, A, B, alpha, x, times):
    """The output after many rounds of merge and unmerge, shapes of what is trainable then, and the gradient at B."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = lesson.LoRALinear(base, A.shape[0], alpha)
    with torch.no_grad():
        for tensor in layer.parameters():
            for values in (A, A.T, B, B.T):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
    for _ in range(times):
        layer.merge()
        layer.unmerge()
    output = layer(x)
    trainable = [tensor for tensor in layer.parameters() if tensor.requires_grad]
    grads = torch.autograd.grad(output.sum(), trainable, allow_unused=True) if output.requires_grad else []
    return {
        "output": output,
        "trainable": [tuple(tensor.shape) for tensor in trainable],
        "moving": sum(grad is not None and bool(grad.any()) for grad in grads),
    }


@exercise("LoRALinear")
def test_merging_leaves_the_layer_trainable(student, rng):
    weight, A, B, x = normal(rng, 5, 8), normal(rng, 3, 8), normal(rng, 5, 3), normal(rng, 4, 8)
    seen = student.run(merge_often, weight, A, B, 7, x, 20)
    if (5, 8) in seen["trainable"]:
        fail("merge() or unmerge() makes the base's weight trainable.")
    if seen["moving"] != 2:
        fail("After merge() and unmerge() the detour can't be trained any more.")
    right = x @ weight.T + 7 / 3 * x @ (B @ A).T
    expect_close(seen["output"], right, what="The output after merging and unmerging twenty times", **FP32)


@probe
def count_products(lesson, d_in, d_out, r):
    """Floating-point operations of the base's forward and of the layer's, detached and merged."""
    from torch.utils.flop_counter import FlopCounterMode

    base, x = nn.Linear(d_in, d_out), torch.ones(2, d_in)
    counts = []

    def count(module):
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            module(x)
        counts.append(counter.get_total_flops())

    count(base)
    layer = lesson.LoRALinear(base, r, 7)
    layer.merge()
    count(layer)
    return counts


@exercise("LoRALinear")
def test_merged_costs_what_the_base_costs(student, rng):
    base, merged = student.run(count_products, 9, 6, 2)
    if merged > base:
        fail("A merged layer still computes the detour; merging must put the update into the weight.")
    expect_equal(merged, base, what="The number of operations of a merged layer")
    expect_a_detour(student, rng)


@probe
def modes(lesson, weight, A, B, alpha):
    """Everything the layer stores, before and after switching modes."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = lesson.LoRALinear(base, A.shape[0], alpha, dropout=0.5)
    with torch.no_grad():
        for tensor in layer.parameters():
            for values in (A, A.T, B, B.T):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)

    def stored():
        return [tensor.detach().clone() for tensor in layer.parameters()]

    snapshots = [stored()]
    layer.eval()
    snapshots.append(stored())
    layer.train()
    snapshots.append(stored())
    return snapshots


@exercise("LoRALinear")
def test_switching_modes_changes_no_weight(student, rng):
    start, evaluating, training = student.run(modes, normal(rng, 5, 8), normal(rng, 2, 8), normal(rng, 5, 2), 7)
    for now in (evaluating, training):
        if len(now) != len(start) or not all(map(torch.equal, start, now)):
            fail("eval() or train() changes weights; only merge() and unmerge() may.")
    expect_a_detour(student, rng)


@probe
def dropped(lesson, weight, A, B, alpha, x, dropout):
    """The output in train mode with dropout, and whether the input came through unchanged."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = lesson.LoRALinear(base, A.shape[0], alpha, dropout=dropout)
    with torch.no_grad():
        for tensor in layer.parameters():
            for values in (A, A.T, B, B.T):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
    layer.train()
    given = x.clone()
    return {"output": layer(given), "input": given}


@exercise("LoRALinear")
def test_dropout_zeroes_entries_of_the_detours_input(student, rng):
    # With three inputs there are eight masks: every row must be one of them, exactly.
    weight, A, B, x = normal(rng, 5, 3), normal(rng, 2, 3), normal(rng, 5, 2), normal(rng, 200, 3)
    dropout = 0.25
    seen = student.run(dropped, weight, A, B, 7, x, dropout)
    if not torch.equal(seen["input"], x):
        fail("Dropout changes the layer's input in place.")
    masks = torch.tensor(list(itertools.product((0.0, 1.0), repeat=3)))
    base, product = x @ weight.T, 3.5 * (B @ A).T

    def share_explained(factor):
        candidates = base[:, None] + (factor * masks * x[:, None]) @ product  # (rows, masks, d_out)
        distance = (seen["output"][:, None] - candidates).abs().amax(-1)
        return distance.amin(1).lt(1e-3).float().mean(), masks[distance.argmin(1)].mean()

    explained, kept = share_explained(1 / (1 - dropout))
    if explained < 1:
        if share_explained(1.0)[0] == 1:
            fail("The entries that dropout keeps are not divided by 1 - dropout.")
        if share_explained(1 / dropout)[0] == 1:
            fail("dropout is used as the probability of keeping an entry, not of zeroing it.")
        fail("Dropout acts somewhere else than on the detour's input.")
    # 600 entries, each kept with probability 0.75: six standard deviations are 6 · sqrt(0.75 · 0.25 / 600) = 0.106.
    if abs(kept - 0.75) > 0.106:
        fail("Dropout zeroes another share of the entries than it was told to.")


# --- whole models ---------------------------------------------------------------------------------------------------


@probe
def which_layers(lesson, targets, one="1", two="2"):
    """Names of the layers of a plain torch model that have trainable tensors after apply_lora, and the count."""
    model = nn.ModuleDict()
    for name in ("fc", "my_fc", "fc_group", "blocks"):
        model[name] = nn.Linear(6, 5)
    model["fc_group"] = nn.ModuleDict({"proj": nn.Linear(6, 5)})
    model["blocks"] = nn.ModuleDict({n: nn.ModuleDict({"fc": nn.Linear(6, 5)}) for n in (one, two, f"1{one}")})
    layers = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear)]
    count = lesson.apply_lora(model, targets, 2, 7)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    return {
        "layers": [layer for layer in layers if any(name.startswith(f"{layer}.") for name in names)],
        "tensors": len(names),
        "count": count,
    }


@exercise("apply_lora")
def test_targets_match_whole_words(student, rng):
    one, two = map(str, torch.randperm(10, generator=rng)[:2].tolist())
    every = ["fc", f"blocks.{one}.fc", f"blocks.{two}.fc", f"blocks.1{one}.fc"]
    seen = student.run(which_layers, ["fc"], one, two)
    expect_equal(
        sorted(seen["layers"]),
        sorted(every),
        what="The list of adapted layers",
        mistakes={
            "A target also matches the end of a longer word.": sorted([*every, "my_fc"]),
            "A target is looked for anywhere in the name, not at its end.": sorted([*every, "my_fc", "fc_group.proj"]),
            "Only a layer whose full name is the target is adapted.": ["fc"],
            "Only layers below another module match; a layer's full name must match too.": sorted(every[1:]),
        },
    )
    expect_equal([seen["tensors"], seen["count"]], [8, 4], what="The number of trainable tensors and of layers")
    seen = student.run(which_layers, [f"{one}.fc"], one, two)
    expect_equal(
        sorted(seen["layers"]),
        [f"blocks.{one}.fc"],
        what="The list of adapted layers for a target of two words",
        mistakes={
            "A target also matches the end of a longer word.": sorted([f"blocks.{one}.fc", f"blocks.1{one}.fc"]),
            "Only the last word of a target is compared.": sorted(every),
        },
    )


@exercise("apply_lora")
def test_two_targets_for_one_layer(student, rng):
    one, two = map(str, torch.randperm(10, generator=rng)[:2].tolist())
    layers = [f"blocks.{two}.fc", "my_fc"]
    seen = student.run(which_layers, [f"{two}.fc", *layers], one, two)
    expect_equal(
        [sorted(seen["layers"]), seen["tensors"], seen["count"]],
        [layers, 4, 2],
        what="The result when two targets match one layer",
        mistakes={
            "A layer that two targets match is counted twice.": [layers, 4, 3],
            "A layer that two targets match is adapted twice.": [layers, 6, 3],
        },
    )


@probe
def after_error(lesson, targets, r):
    """Whether apply_lora raises ValueError on a small model, and what it has done to it by then."""
    model = nn.ModuleDict({"fc": nn.Linear(4, 3), "norm": nn.LayerNorm(3), "block": nn.Sequential(nn.Linear(3, 3))})
    before = [(name, type(layer).__name__) for name, layer in model.named_modules()]
    message = None
    try:
        lesson.apply_lora(model, targets, r, 7)
    except ValueError as error:
        message = str(error)
    same = [(name, type(layer).__name__) for name, layer in model.named_modules()] == before
    return {"message": message, "untouched": same and all(tensor.requires_grad for tensor in model.parameters())}


@exercise("apply_lora")
def test_a_target_that_is_no_linear_layer(student):
    for name in ("norm", "block"):
        if student.run(after_error, ["fc", name], 2)["message"] is None:
            fail("A target that is not a linear layer is passed over in silence.")
    if student.run(after_error, ["fc"], 2)["message"] is not None:
        fail("apply_lora refuses a target that is there.")


@exercise("apply_lora")
def test_an_error_leaves_the_model_alone(student):
    for targets, r in ((["fc", "nothing"], 2), (["fc"], 0)):
        seen = student.run(after_error, targets, r)
        if seen["message"] is None:
            fail("apply_lora accepts a rank below 1 or a target that matches nothing.")
        if not seen["untouched"]:
            fail("After an error the model is left half adapted or frozen.")
    if student.run(after_error, ["fc"], 2)["message"] is not None:
        fail("apply_lora refuses a target that is there.")


@probe
def conv1d_chain(lesson, weight, bias, first, second, r, alpha, x):
    """A model of one Conv1D: outputs as it was, adapted, filled, merged twice and unmerged twice; and delta()."""
    from transformers.pytorch_utils import Conv1D

    model = nn.ModuleDict({"attn": nn.ModuleDict({"c_proj": Conv1D(weight.shape[1], weight.shape[0])})})
    with torch.no_grad():
        model["attn"]["c_proj"].weight.copy_(weight)
        model["attn"]["c_proj"].bias.copy_(bias)
    lesson.apply_lora(model, ["c_proj"], r, alpha)
    layer = model["attn"]["c_proj"]
    results = {"fresh": layer(x)}
    with torch.no_grad():
        for tensor, values in zip((t for t in model.parameters() if t.requires_grad), (first, second), strict=True):
            for one in (first, first.T, second, second.T) if first.shape[1] != second.shape[1] else (values, values.T):
                if tensor.shape == one.shape:
                    tensor.copy_(one)
                    break
    results["filled"], results["delta"] = layer(x), layer.delta()
    for step in ("merge", "unmerge"):
        for _ in range(2):
            getattr(layer, step)()
        results[step] = layer(x)
    return results


@exercise("apply_lora", points=2)
def test_a_conv1d_layer(student, rng):
    weight, bias, x = normal(rng, 5, 8), normal(rng, 8), normal(rng, 4, 5)  # Conv1D: (d_in, d_out)
    A, B = normal(rng, 2, 5), normal(rng, 8, 2)
    try:
        seen = student.run(conv1d_chain, weight, bias, A, B, 2, 7, x)
    except StudentError as error:
        fail("apply_lora fails on Conv1D, GPT-2's kind of linear layer.", got=str(error))
    base = x @ weight + bias
    expect_close(
        seen["fresh"],
        base,
        what="The output of an adapted Conv1D before training",
        mistakes={"The bias of a Conv1D is lost.": lambda: base - bias},
        **FP32,
    )

    def output(times):
        return base + times * x @ (B @ A).T

    for step in ("filled", "merge", "unmerge"):
        expect_close(
            seen[step],
            output(3.5),
            what="The output of an adapted Conv1D, as it is, merged or unmerged,",
            mistakes={
                "The model's detours are added without the factor alpha / r.": lambda: output(1),
                "The model's detours are multiplied by alpha but not divided by r.": lambda: output(7),
                "The alpha given to apply_lora does not arrive in the layers.": lambda: output(8),
                "The detours are there, but the model computes without them.": lambda: base,
            },
            **FP32,
        )
    expect_close(
        seen["delta"],
        3.5 * B @ A,
        what="delta() of an adapted Conv1D",
        mistakes={
            "delta() of a Conv1D is transposed; it must be (d_out, d_in) there too.": lambda: (3.5 * B @ A).T,
        },
        **FP32,
    )


@exercise("apply_lora")
def test_a_square_conv1d_layer(student, rng):
    # On a square layer a forgotten transpose raises nothing: attn.c_proj of every GPT-2 is one.
    weight, bias, x = normal(rng, 6, 6), normal(rng, 6), normal(rng, 4, 6)
    seen = student.run(conv1d_chain, weight, bias, normal(rng, 2, 6), normal(rng, 2, 6), 2, 7, x)
    base = x @ weight + bias
    expect_close(
        seen["fresh"],
        base,
        what="The output of an adapted square Conv1D before training",
        mistakes={
            "A Conv1D's weight is used as if it were nn.Linear's, without transposing it.": lambda: x @ weight.T + bias
        },
        **FP32,
    )
    expect_close(
        seen["filled"],
        base + x @ seen["delta"].T,
        what="The output of a square Conv1D, against delta(),",
        mistakes={
            "delta() of a Conv1D is transposed; it must be (d_out, d_in) there too.": lambda: base + x @ seen["delta"]
        },
        **FP32,
    )
    expect_close(
        seen["merge"],
        seen["filled"],
        what="The output of a square Conv1D after merging",
        mistakes={
            "merge() adds the update to a Conv1D without transposing it.": lambda: base + x @ seen["delta"],
        },
        **FP32,
    )
    expect_close(
        seen["unmerge"],
        seen["filled"],
        what="The output of a square Conv1D after merging and unmerging",
        **FP32,
    )


@probe
def gpt2_gradients(lesson, seed, targets, r, token_ids):
    """Names of a GPT-2's parameters that get a gradient in the first step after apply_lora; how many are trainable."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    names = {name for name, layer in model.named_modules() if any(name.endswith(f".{target}") for target in targets)}
    lesson.apply_lora(model, targets, r, 7)
    logits = model(token_ids).logits
    if logits.requires_grad:
        logits.pow(2).mean().backward()
    found = {name: p.grad for name, p in model.named_parameters() if p.grad is not None and bool(p.grad.any())}
    return {
        "layers": sorted(names),
        "moving": sorted(found),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
    }


@exercise("apply_lora")
def test_every_detour_of_gpt2_learns(student, rng):
    token_ids = torch.randint(1, 53, (2, 4), generator=rng)
    targets = ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]
    r = whole(rng, 2, 7)
    seen = student.run(gpt2_gradients, whole(rng, 0, 1 << 30), targets, r, token_ids)
    for layer in seen["layers"]:
        if not any(name.startswith(f"{layer}.") for name in seen["moving"]):
            fail("Some adapted layer gets no gradient.")
    strays = [name for name in seen["moving"] if not any(name.startswith(f"{layer}.") for layer in seen["layers"])]
    if strays:
        fail("A weight outside the adapted layers gets a gradient.", got=strays)
    right = r * ((16 + 48) + (16 + 16) + (16 + 64) + (64 + 16))
    expect_equal(seen["trainable"], right, what="The number of trainable numbers of the whole model")


@probe
def filled_qv(lesson, seed, r, alpha, values, token_ids):
    """A GPT-2 without head after lora_qv: how many numbers learn at first; then filled: c_attn's weight, output."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    lesson.lora_qv(model, r, alpha)
    trained = [tensor for tensor in model.parameters() if tensor.requires_grad]
    model(token_ids).last_hidden_state.pow(3).mean().backward()
    moving = sum(tensor.numel() for tensor in trained if tensor.grad is not None and bool(tensor.grad.any()))
    with torch.no_grad():
        place = 0
        for tensor in trained:
            tensor.copy_(values[place : place + tensor.numel()].view_as(tensor))
            place += tensor.numel()
        c_attn = model.h[0].attn.c_attn
        weight = c_attn(torch.eye(16)) - c_attn(torch.zeros(1, 16))
        return {"weight": weight, "hidden": model(token_ids).last_hidden_state, "moving": moving}


@exercise("lora_qv", points=2)
def test_query_and_value_updates_have_rank_r(student, rng):
    seed, r, token_ids = whole(rng, 0, 1 << 30), 3, torch.randint(1, 53, (2, 4), generator=rng)
    seen = student.run(filled_qv, seed, r, 5, 0.5 * normal(rng, 2000), token_ids)
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer
    c_attn = model.h[0].attn.c_attn
    update = seen["weight"] - c_attn.weight.detach()
    query, key, value = update.chunk(3, dim=1)

    def rank(matrix):
        return int(torch.linalg.matrix_rank(matrix, atol=1e-3))

    if key.abs().max() > 1e-4:
        fail("The keys change too; detours belong beside query and value only.")
    if (rank(query), rank(value)) != (r, r):
        fail("The update of query or value does not have rank r.")
    if rank(torch.cat([query, value], dim=1)) != 2 * r:
        fail("Query and value share one of their matrices; each needs an A and a B of its own.")
    with torch.no_grad():
        c_attn.weight += update
        right = model(token_ids).last_hidden_state
    expect_close(seen["hidden"], right, what="The hidden states of a GPT-2 with filled detours", rtol=1e-3, atol=1e-3)
    if seen["moving"] != 2 * r * 16:
        fail("At the start not exactly one matrix of each detour learns; one of the two must be zero, the other not.")


@probe
def qv_of_something_else(lesson):
    """lora_qv of a model that is no GPT-2."""
    lesson.lora_qv(nn.Sequential(nn.Linear(4, 3)), 2, 7)


@probe
def qv_of_gpt2(lesson, layers):
    """What lora_qv returns for a GPT-2 of so many blocks."""
    return lesson.lora_qv(builders.tiny_gpt2(1, width=16, heads=2, layers=layers), 2, 7)


@exercise("lora_qv")
def test_no_gpt2(student, rng):
    layers = whole(rng, 1, 5)
    with expect_error("ValueError", what="lora_qv of a model without c_attn"):
        student.run(qv_of_something_else)
    # whoever refuses everything has not seen what is wrong
    expect_equal(student.run(qv_of_gpt2, layers), layers, what="What lora_qv returns, the number of blocks,")


# --- saving and loading ---------------------------------------------------------------------------------------------


@probe
def state_of_blocks(lesson, r, first, middle, last):
    """Saved sizes for two blocks whose layers have the same names, one of them a Conv1D without training yet."""
    from transformers.pytorch_utils import Conv1D

    model = nn.ModuleDict(
        {
            block: nn.ModuleDict(
                {"fc": Conv1D(middle, first), "norm": nn.LayerNorm(middle), "out": nn.Linear(middle, last)}
            )
            for block in "ab"
        }
    )
    lesson.apply_lora(model, ["fc", "a.out"], r, 7)
    state = lesson.adapter_state_dict(model)
    return {"sizes": sorted(tensor.numel() for tensor in state.values()), "names": [type(n).__name__ for n in state]}


@exercise("adapter_state_dict")
def test_every_block_is_saved(student, rng):
    r, first, middle, last = whole(rng, 2, 5), whole(rng, 5, 40), whole(rng, 5, 40), whole(rng, 5, 40)
    seen = student.run(state_of_blocks, r, first, middle, last)
    right = [r * first, middle * r] * 2 + [r * middle, last * r]
    expect_equal(
        seen["sizes"],
        sorted(right),
        what="The sizes of the saved tensors",
        mistakes={
            "Tensors that are still zero are not saved, but they belong to the adapter.": sorted(
                [r * first] * 2 + [r * middle]
            ),
            "Names collide between blocks, so that only the last is saved.": sorted(
                [r * first, middle * r, r * middle, last * r]
            ),
        },
    )
    assert set(seen["names"]) == {"str"}, "The names of the saved tensors must be strings."


@probe
def filled_state(lesson, weight, A, B):
    """What is saved of one adapted layer whose A and B hold these numbers."""
    model = nn.Sequential(nn.Linear(weight.shape[1], weight.shape[0]))
    lesson.apply_lora(model, ["0"], A.shape[0], 7)
    with torch.no_grad():
        for tensor in model.parameters():
            for values in (A, A.T, B, B.T):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
    return lesson.adapter_state_dict(model)


@probe
def loaded_output(lesson, weight, bias, r, state, x):
    """The output of an adapted layer after loading a state."""
    model = nn.Sequential(nn.Linear(weight.shape[1], weight.shape[0]))
    model.load_state_dict({"0.weight": weight, "0.bias": bias})
    lesson.apply_lora(model, ["0"], r, 7)
    lesson.load_adapter(model, state)
    return model(x)


def expect_loading(student, rng):
    """Fail unless a state that was changed here, each number of it doubled, is what the model computes with.

    Ends the checks that can only ask the student's process whether two things there are the same.
    """
    weight, bias, A, B, x = normal(rng, 5, 8), normal(rng, 5), normal(rng, 3, 8), normal(rng, 5, 3), normal(rng, 4, 8)
    state = student.run(filled_state, weight, A, B)
    output = student.run(loaded_output, weight, bias, 3, {name: 2 * tensor for name, tensor in state.items()}, x)
    right = x @ weight.T + bias + 4 * 7 / 3 * x @ (B @ A).T
    expect_close(output, right, what="The output with a loaded adapter", rtol=1e-4, atol=1e-3)


@probe
def load_damaged(lesson, damage):
    """Load a damaged adapter; the exception's name, and whether the model's tensors are what they were."""
    source = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    lesson.apply_lora(source, ["0", "2"], 2, 7)
    with torch.no_grad():
        for tensor in source.parameters():
            tensor.normal_()
    state = dict(lesson.adapter_state_dict(source))
    last = list(state)[-1]
    if damage == "missing":
        del state[last]
    elif damage == "unexpected":
        state["and_another"] = torch.ones(2, 2)
    elif damage == "transposed":
        state[last] = state[last].T.clone()
    if damage != "unadapted":
        lesson.apply_lora(model, ["0", "2"], 2, 7)
    before = [tensor.detach().clone() for tensor in model.parameters()]
    try:
        lesson.load_adapter(model, state)
        error = None
    except Exception as raised:
        error = type(raised).__name__
    return {"error": error, "same": all(map(torch.equal, before, model.parameters()))}


@exercise("load_adapter", points=2)
def test_an_adapter_that_does_not_fit(student, rng):
    silent = {
        "missing": "An adapter that lacks a tensor is loaded in silence.",
        "unexpected": "An adapter with a tensor too many is loaded in silence.",
        "transposed": "A tensor of another shape is loaded in silence.",
        "unadapted": "An adapter is loaded in silence into a model that has no detours.",
    }
    for damage, sentence in silent.items():
        seen = student.run(load_damaged, damage)
        if seen["error"] is None:
            fail(sentence)
        if seen["error"] != "ValueError":
            fail("An adapter that does not fit must be refused with a ValueError.", got=seen["error"])
        if not seen["same"]:
            fail("After an error the adapter is loaded in part.")
    expect_loading(student, rng)


@probe
def load_and_train(lesson, x):
    """Load into a model whose optimizer exists already, then train a step; the state before and after, the outputs."""
    source = nn.Sequential(nn.Linear(6, 5))
    model = nn.Sequential(nn.Linear(6, 5))
    model.load_state_dict(source.state_dict())
    for one in (source, model):
        lesson.apply_lora(one, ["0"], 2, 7)
    with torch.no_grad():
        for tensor in source.parameters():
            if tensor.requires_grad:
                tensor.normal_()
    state = lesson.adapter_state_dict(source)
    kept = {name: tensor.clone() for name, tensor in state.items()}
    optimizer = torch.optim.SGD([tensor for tensor in model.parameters() if tensor.requires_grad], lr=0.1)
    lesson.load_adapter(model, state)
    loaded = lesson.adapter_state_dict(model)
    trainable = sum(tensor.requires_grad for tensor in model.parameters())
    before = model(x)
    model(x).sum().backward()
    optimizer.step()
    return {
        "kept": kept,
        "loaded": loaded,
        "trainable": trainable,
        "moved": not torch.equal(before, model(x)),
        "state_same": all(torch.equal(kept[name], state[name]) for name in kept),
    }


@exercise("load_adapter")
def test_training_goes_on_after_loading(student, rng):
    seen = student.run(load_and_train, normal(rng, 3, 6))
    equal = [torch.equal(seen["kept"][name], tensor) for name, tensor in seen["loaded"].items() if name in seen["kept"]]
    if any(equal) and not all(equal):
        fail("Only one of A and B is loaded.")
    expect_equal(seen["loaded"], seen["kept"], what="The adapter that the model holds after loading")
    if seen["trainable"] != 2:
        fail("After loading the detour is no longer trainable.")
    if not seen["moved"]:
        fail("Loading puts new tensors in the place of the old, so an optimizer made before trains what nobody uses.")
    if not seen["state_same"]:
        fail("The model shares memory with the state it was loaded from, so training changes the saved one.")
    expect_loading(student, rng)
