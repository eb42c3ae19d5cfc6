"""Hidden checks of `LoRALinear`."""

import itertools

import torch
from lora_hidden_oracles import FP32
from torch import nn

from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def outputs(student, weight, bias, A, B, alphas, x):
    """Outputs of layers that differ in alpha only; their trainable dtypes, as far as they are A and B."""
    results, dtypes = [], []
    for alpha in alphas:
        base = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, dtype=weight.dtype)
        with torch.no_grad():
            base.weight.copy_(weight)
            if bias is not None:
                base.bias.copy_(bias)
        layer = student.LoRALinear(base, A.shape[0], alpha)
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
    weight, bias, A, B, x = rng.randn(5, 8), rng.randn(5), rng.randn(3, 8), rng.randn(5, 3), rng.randn(4, 8)
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
    weight, A, B, x = rng.randn(5, 8), rng.randn(3, 8), rng.randn(5, 3), rng.randn(4, 8)
    try:
        seen = student.run(outputs, weight, None, A, B, [7], x)
    except StudentError as error:
        fail("The layer can't adapt a base that has no bias.", got=str(error))
    (output,) = seen["outputs"]
    expect_close(output, x @ weight.T + 7 / 3 * x @ (B @ A).T, what="The output without bias", **FP32)


@exercise("LoRALinear")
def test_the_update_is_proportional_to_alpha(student, rng):
    weight, bias, A, B = rng.randn(9, 6), rng.randn(9), rng.randn(2, 6), rng.randn(9, 2)
    x = torch.cat([rng.randn(3, 6), torch.zeros(1, 6)])
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
    weight, bias, x = rng.randn(4, 3), rng.randn(4), rng.randn(5, 3)
    for r in (1, 6):
        A, B = rng.randn(r, 3), rng.randn(4, r)
        seen = student.run(outputs, weight, bias, A, B, [7], x)
        right = x @ weight.T + bias + 7 / r * x @ (B @ A).T
        expect_close(seen["outputs"][0], right, what="The output for a very small or large rank", **FP32)


@exercise("LoRALinear")
def test_the_bases_dtype_is_kept(student, rng):
    for dtype, tolerance in ((torch.float64, 1e-9), (torch.bfloat16, 0.1)):  # bf16: 2**-8 of sums of size 10
        weight, bias, x = rng.randn(5, 6).to(dtype), rng.randn(5).to(dtype), rng.randn(4, 6).to(dtype)
        A, B = rng.randn(2, 6).to(dtype) / 4, rng.randn(5, 2).to(dtype) / 4
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
def on_meta(student):
    """Devices of the trainable tensors of a layer whose base has shapes but no memory."""
    layer = student.LoRALinear(nn.Linear(6, 5, device="meta"), 2, 7)
    return sorted({str(tensor.device) for tensor in layer.parameters() if tensor.requires_grad})


@exercise("LoRALinear")
def test_the_bases_device_is_kept(student, rng):
    if student.run(on_meta) != ["meta"]:
        fail("A and B do not go to the base's device, so the layer fails on a GPU.")
    expect_a_detour(student, rng)


@probe
def two_starts(student, seed, other_seed):
    """The random matrices of three layers: two made after one seed, one after another; and a draw after each seed."""
    starts, draws = [], []
    for count, start in ((2, seed), (1, other_seed)):
        torch.default_generator.manual_seed(start)
        for _ in range(count):
            layer = student.LoRALinear(nn.Linear(6, 5), 2, 7)
            starts += [tensor for tensor in layer.parameters() if tensor.requires_grad and bool((tensor != 0).any())]
        draws.append(torch.rand(()))
    return {"starts": starts, "draws": draws}


@exercise("LoRALinear")
def test_every_layer_draws_its_own_start(student, rng):
    seen = student.run(two_starts, rng.randint(0, 1 << 30), rng.randint(0, 1 << 30))
    same = any(
        a.shape == b.shape and torch.equal(a, b) for a, b in itertools.combinations(seen["starts"], 2)
    ) or torch.equal(*seen["draws"])
    if same:
        fail("It seeds torch's random generator itself, so every layer starts with the same numbers.")
    if len(seen["starts"]) != 3:
        fail("Not exactly one of A and B starts at zero.")
    expect_a_detour(student, rng)


@probe
def train_a_step(student, weight, bias, alpha, x, direction, rate):
    """One SGD step on everything the layer calls a parameter; the trainable tensors before and after, the output."""
    base = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        base.weight.copy_(weight)
        base.bias.copy_(bias)
    layer = student.LoRALinear(base, 2, alpha)
    trained = [tensor for tensor in layer.parameters() if tensor.requires_grad and 2 in tensor.shape]
    before = [tensor.detach().clone() for tensor in trained]
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    (layer(x) * direction).sum().backward()
    optimizer.step()
    return {"before": before, "after": trained, "output": layer(x), "delta": layer.delta()}


@exercise("LoRALinear", points=2)
def test_the_first_step_moves_only_the_zero_matrix(student, rng):
    weight, bias, x, direction = rng.randn(6, 9), rng.randn(6), rng.randn(4, 9), rng.randn(4, 6)
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
def slopes(student, weight, A, B, alpha, x, along_a, along_b, size):
    """The loss's slope along a direction in A and B: by central difference, and by the layer's own gradients."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False, dtype=weight.dtype)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = student.LoRALinear(base, A.shape[0], alpha)
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
    weight, A, B = rng.randn(4, 7, **double), rng.randn(2, 7, **double), rng.randn(4, 2, **double)
    directions = rng.randn(2, 7, **double), rng.randn(4, 2, **double)
    seen = student.run(slopes, weight, A, B, 3, rng.randn(3, 7, **double), *directions, 1e-5)
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
def square_chain(student, weight, first, second, alpha, x):
    """Outputs of a square layer before merging, merged, and unmerged again, and with delta() added by hand."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = student.LoRALinear(base, first.shape[0], alpha)
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
    weight, first, second, x = rng.randn(6, 6), rng.randn(2, 6), rng.randn(2, 6), rng.randn(4, 6)
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
def merge_often(student, weight, A, B, alpha, x, times):
    """The output after many rounds of merge and unmerge, shapes of what is trainable then, and the gradient at B."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = student.LoRALinear(base, A.shape[0], alpha)
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
    weight, A, B, x = rng.randn(5, 8), rng.randn(3, 8), rng.randn(5, 3), rng.randn(4, 8)
    seen = student.run(merge_often, weight, A, B, 7, x, 20)
    if (5, 8) in seen["trainable"]:
        fail("merge() or unmerge() makes the base's weight trainable.")
    if seen["moving"] != 2:
        fail("After merge() and unmerge() the detour can't be trained any more.")
    right = x @ weight.T + 7 / 3 * x @ (B @ A).T
    expect_close(seen["output"], right, what="The output after merging and unmerging twenty times", **FP32)


@probe
def count_products(student, d_in, d_out, r):
    """Floating-point operations of the base's forward and of the layer's, detached and merged."""
    from torch.utils.flop_counter import FlopCounterMode

    base, x = nn.Linear(d_in, d_out), torch.ones(2, d_in)
    counts = []

    def count(module):
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            module(x)
        counts.append(counter.get_total_flops())

    count(base)
    layer = student.LoRALinear(base, r, 7)
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
def modes(student, weight, A, B, alpha):
    """Everything the layer stores, before and after switching modes."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = student.LoRALinear(base, A.shape[0], alpha, dropout=0.5)
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
    start, evaluating, training = student.run(modes, rng.randn(5, 8), rng.randn(2, 8), rng.randn(5, 2), 7)
    for now in (evaluating, training):
        if len(now) != len(start) or not all(map(torch.equal, start, now)):
            fail("eval() or train() changes weights; only merge() and unmerge() may.")
    expect_a_detour(student, rng)


@probe
def dropped(student, weight, A, B, alpha, x, dropout):
    """The output in train mode with dropout, and whether the input came through unchanged."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = student.LoRALinear(base, A.shape[0], alpha, dropout=dropout)
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
    weight, A, B, x = rng.randn(5, 3), rng.randn(2, 3), rng.randn(5, 2), rng.randn(200, 3)
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
