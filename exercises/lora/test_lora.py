"""Checks of the lesson on memory and LoRA. Run them with `pytest exercises/lora`.

Sizes are chosen so that no matrix is square and r differs from both sides: then the shape of a
trainable tensor tells A from B, and a transposed product can't go unnoticed. alpha is never r.
"""

import torch
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, expect_error, fail, probe

# Sums of about ten products of size 10 in fp32 round by less than 10 * 10 * 6e-8 = 6e-6; mistakes move things by 0.1.
FP32 = {"rtol": 1e-4, "atol": 1e-4}


def normal(rng, *shape):
    """Standard normal numbers."""
    return torch.randn(*shape, generator=rng)


def one_of(rng, *choices):
    """One of the choices, each as likely."""
    return choices[int(torch.randint(len(choices), (), generator=rng))]


def whole(rng, low, high):
    """A whole number from low to high - 1."""
    return int(torch.randint(low, high, (), generator=rng))


# --- memory ---------------------------------------------------------------------------------------------------------


@exercise("to_gigabytes")
def test_a_gigabyte_is_decimal(student, rng):
    n = 1e6 * int(torch.randint(1_000, 90_000, (), generator=rng)) + 1e5
    expect_close(
        student.to_gigabytes(n),
        n / 1e9,
        what="to_gigabytes",
        rtol=1e-9,
        atol=0.0,
        mistakes={
            "It divides by 2**30, which gives GiB; here a gigabyte is 10**9 bytes.": n / 2**30,
            "It divides by 10**6, which gives megabytes.": n / 1e6,
            "It drops what is left over after the last whole gigabyte.": n // 10**9,
        },
    )


def parts(weights, scales, gradients, optimizer, adapter):
    """The dict that memory_estimate returns."""
    found = {
        "weights": weights,
        "scales": scales,
        "gradients": gradients,
        "optimizer": optimizer,
        "adapter": adapter,
    }
    return {**found, "total": sum(found.values())}


@exercise("memory_estimate")
def test_full_finetuning_takes_12_bytes_a_parameter(student):
    expect_close(
        student.memory_estimate(100),
        parts(200, 0, 200, 800, 0),
        what="memory_estimate(100)",
        mistakes={
            "Adam keeps two numbers a parameter, m and v; one of them is missing.": parts(200, 0, 200, 400, 0),
            "It counts bits as if they were bytes.": parts(1600, 0, 1600, 6400, 0),
            "The optimizer's state is not counted.": parts(200, 0, 200, 0, 0),
            "Adam's state is counted for m and v once more, although optimizer_bits holds both.": parts(
                200, 0, 200, 1600, 0
            ),
            "The total leaves the optimizer out.": {**parts(200, 0, 200, 800, 0), "total": 400},
        },
        advice="Bits become bytes when you divide by 8; all 100 parameters have a gradient and Adam's m and v.",
    )


@exercise("memory_estimate")
def test_inference_needs_weights_only(student, rng):
    n = int(torch.randint(1_000, 10_000, (), generator=rng))
    expect_close(
        student.memory_estimate(n, "inference"),
        parts(2 * n, 0, 0, 0, 0),
        what="The estimate for inference",
        mistakes={
            "Inference has no gradients, but they are counted.": lambda: parts(2 * n, 0, 2 * n, 0, 0),
            "Inference is counted like training.": lambda: parts(2 * n, 0, 2 * n, 8 * n, 0),
        },
    )


@exercise("memory_estimate")
def test_lora_trains_the_adapter_only(student, rng):
    n, adapter = int(torch.randint(5_000, 9_000, (), generator=rng)), int(torch.randint(50, 90, (), generator=rng))
    expect_close(
        student.memory_estimate(n, "lora", adapter_params=adapter),
        parts(2 * n, 0, 2 * adapter, 8 * adapter, 2 * adapter),
        what="The estimate for lora",
        mistakes={
            "Frozen weights have no gradients, but they are counted.": parts(
                2 * n, 0, 2 * (n + adapter), 8 * adapter, 2 * adapter
            ),
            "Gradients are counted for the frozen weights instead of the adapter.": parts(
                2 * n, 0, 2 * n, 8 * adapter, 2 * adapter
            ),
            "The optimizer keeps no state for frozen weights, but it is counted.": parts(
                2 * n, 0, 2 * adapter, 8 * n, 2 * adapter
            ),
            "lora is counted as if everything were trained.": parts(2 * n, 0, 2 * n, 8 * n, 2 * adapter),
            "The adapter's own weights are not counted.": parts(2 * n, 0, 2 * adapter, 8 * adapter, 0),
            "The adapter is counted in place of the frozen model.": parts(
                2 * adapter, 0, 2 * adapter, 8 * adapter, 2 * adapter
            ),
        },
        advice="The frozen weights still have to be there; only the adapter has gradients and optimizer state.",
    )


@exercise("memory_estimate")
def test_qlora_stores_four_bits_and_scales(student):
    right = parts(50, 8, 20, 80, 20)
    expect_close(
        student.memory_estimate(100, "qlora", weight_bits=4, adapter_params=10, block_size=64),
        right,
        what="The docstring's example of qlora",
        mistakes={
            "The scales of the quantized blocks are forgotten.": parts(50, 0, 20, 80, 20),
            "The last, ragged block has a scale too, but it is not counted.": parts(50, 4, 20, 80, 20),
            "Scales are counted as a fraction of a block; the last, ragged block needs a whole one.": parts(
                50, 6.25, 20, 80, 20
            ),
            "The adapter is counted at weight_bits, but its weights are never stored in fewer than 16.": parts(
                50, 8, 20, 80, 5
            ),
            "The total leaves the scales out.": {**right, "total": 170},
        },
    )


@exercise("memory_estimate")
def test_an_unknown_method_is_an_error(student):
    with expect_error("ValueError", what="memory_estimate with a method that doesn't exist"):
        student.memory_estimate(100, "lorra")
    student.memory_estimate(100)  # whoever refuses everything has not seen what is wrong


@exercise("kv_cache_bytes")
def test_the_cache_of_gpt2(student):
    expect_close(
        student.kv_cache_bytes(12, 12, 64, 1024, 1, 16),
        37_748_736,
        what="kv_cache_bytes(12, 12, 64, 1024, 1, 16)",
        rtol=0.0,
        mistakes={
            "It counts keys only; values are cached too.": 18_874_368,
            "It counts bits as if they were bytes.": 301_989_888,
        },
        advice="One key and one value, in every layer, for every token, KV head and sequence.",
    )


@exercise("kv_cache_bytes")
def test_every_argument_counts(student, rng):
    layers, heads, size, tokens, batch = torch.randperm(7, generator=rng)[:5].add(3).tolist()  # all different
    bits = one_of(rng, 4, 8)
    right = 2 * layers * heads * size * tokens * batch * bits / 8
    expect_close(
        student.kv_cache_bytes(layers, heads, size, tokens, batch, bits),
        right,
        what="kv_cache_bytes",
        rtol=0.0,
        mistakes={
            "It counts keys only; values are cached too.": right / 2,
            "It leaves the number of KV heads out.": right / heads,
            "It leaves the batch out; every sequence has a cache of its own.": right / batch,
            "It counts one layer only.": right / layers,
            "It counts every number as 16 bits, whatever bits says.": right / bits * 16,
            "It grows with the square of tokens, but each token is cached once.": right * tokens,
        },
    )


# --- LoRA -----------------------------------------------------------------------------------------------------------


@exercise("lora_parameter_count")
def test_a_and_b_are_counted(student, rng):
    d_in, d_out, r = int(torch.randint(20, 40, (), generator=rng)), int(torch.randint(50, 90, (), generator=rng)), 3
    expect_equal(
        student.lora_parameter_count(d_in, d_out, r),
        r * (d_in + d_out),
        what="lora_parameter_count",
        mistakes={
            "It multiplies d_in by d_out; A and B are stored side by side, not multiplied out.": r * d_in * d_out,
            "It counts the weight that is frozen.": d_in * d_out,
            "It counts A only.": r * d_in,
            "It counts B only.": r * d_out,
            "It multiplies only one of the two sides by r.": r * d_in + d_out,
            "It counts a bias, but A and B have none.": r * (d_in + d_out) + d_out,
        },
        advice="A is (r, d_in), B is (d_out, r).",
    )


@exercise("lora_parameter_count")
def test_a_rank_below_one_is_no_rank(student):
    with expect_error("ValueError", what="lora_parameter_count with r = 0"):
        student.lora_parameter_count(4, 3, 0)
    student.lora_parameter_count(4, 3, 2)


@probe
def run_layer(lesson, weight, bias, A, B, alpha, x, steps):
    """What `forward` and `delta` give at each of those steps, of a layer whose A and B hold these numbers."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
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
    results = []
    for step in steps:
        if step == "forward":
            results.append(layer(x))
        elif step == "delta":
            results.append(layer.delta())
        else:
            getattr(layer, step)()
    return results


class Case:
    """A base layer, an A, a B and an input with fresh numbers, and what should come of them."""

    def __init__(self, rng):
        self.d_in, self.d_out = one_of(rng, (5, 8), (9, 6))
        self.r, self.alpha = one_of(rng, (2, 7), (3, 11), (2, 11), (3, 7))  # alpha / r is not a whole number
        self.weight, self.bias = normal(rng, self.d_out, self.d_in), normal(rng, self.d_out)
        self.A, self.B = normal(rng, self.r, self.d_in), normal(rng, self.d_out, self.r)
        self.x = normal(rng, 4, self.d_in)
        self.base = self.x @ self.weight.T + self.bias
        self.product = self.B @ self.A  # without alpha / r
        self.scale = self.alpha / self.r

    def output(self, times):
        """Base output plus `times` the product B A applied to x; right is times = alpha / r."""
        return self.base + times * self.x @ self.product.T

    def run(self, student, steps, x=None):
        x = self.x if x is None else x
        return student.run(run_layer, self.weight, self.bias, self.A, self.B, self.alpha, x, steps)


def expect_a_detour(student, rng):
    """Fail unless the output has a part in x (B A)^T, of whatever size; the other mistakes have checks of their own.

    Ends the checks of what a layer says of itself, shapes and errors, which one that computes nothing can say too.
    """
    case = Case(rng)
    (output,) = case.run(student, ["forward"])
    known = torch.stack([case.base - case.bias, case.bias.expand_as(case.base), case.x @ case.product.T])
    if isinstance(output, torch.Tensor) and output.shape == case.base.shape and output.isfinite().all():
        columns, column = known.flatten(1).T.double(), output.detach().reshape(-1, 1).double()
        factors = torch.linalg.lstsq(columns, column).solution
        if factors[2].abs() > 0.01 and torch.allclose(columns @ factors, column, **FP32):
            return
    fail("The layer computes nothing with its two matrices, so what it says of itself does not count.")


@exercise("LoRALinear")
def test_the_docstrings_layer(student):
    weight = torch.tensor([[1.0, 2, 3, 0], [4, 5, 6, 0], [0, 0, 0, 1]])
    A, B = torch.tensor([[1.0, 0, -1, 0], [0, 1, 0, 0]]), torch.tensor([[1.0, 0], [2, 1], [0, -1]])
    x, bias = torch.tensor([[1.0, 1, 3, 2]]), torch.tensor([10.0, 20, 30])
    (output,) = student.run(run_layer, weight, bias, A, B, 6, x, ["forward"])
    expect_close(
        output,
        torch.tensor([[16.0, 38, 29]]),
        what="The output of the docstring's example",
        mistakes={
            "The update is added without the factor alpha / r.": torch.tensor([[20.0, 44, 31]]),
            "The update is multiplied by alpha but not divided by r.": torch.tensor([[10.0, 29, 26]]),
            "The base's bias is lost.": torch.tensor([[6.0, 18, -1]]),
            "The detour is there, but forward does not use its trainable tensors.": torch.tensor([[22.0, 47, 32]]),
        },
        advice="Work the docstring's example through on paper: A x, then B A x, then times alpha / r = 3.",
    )


@exercise("LoRALinear")
def test_base_plus_scaled_detour(student, rng):
    case = Case(rng)
    (output,) = case.run(student, ["forward"])
    expect_close(
        output,
        case.output(case.scale),
        what="The output",
        mistakes={
            "The update is added without the factor alpha / r.": lambda: case.output(1),
            "The update is multiplied by alpha but not divided by r.": lambda: case.output(case.alpha),
            "It scales by alpha / sqrt(r), which is rsLoRA; here it is alpha / r.": lambda: case.output(
                case.alpha / case.r**0.5
            ),
            "It scales by r / alpha, the wrong way round.": lambda: case.output(case.r / case.alpha),
            "alpha // r drops the fraction; alpha / r need not be a whole number.": lambda: case.output(
                case.alpha // case.r
            ),
            "The base's bias is lost.": lambda: case.output(case.scale) - case.bias,
            "The base's bias is added twice.": lambda: case.output(case.scale) + case.bias,
            "The base path is missing; only the detour comes out.": lambda: case.output(case.scale) - case.base,
            "The detour is there, but forward does not use its trainable tensors.": lambda: case.base,
        },
        advice="h = W x + b + (alpha / r) B A x, with the A and B that the layer holds at that moment.",
        **FP32,
    )


@probe
def fresh_layer(lesson, weight, bias, r, alpha, x):
    """A layer as it starts: its trainable tensors, what it computes, and what the base alone would."""
    base = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        base.weight.copy_(weight)
        base.bias.copy_(bias)
    layer = lesson.LoRALinear(base, r, alpha)
    return {"output": layer(x), "trainable": [tensor for tensor in layer.parameters() if tensor.requires_grad]}


@exercise("LoRALinear")
def test_only_two_thin_matrices_are_trainable(student, rng):
    case = Case(rng)
    seen = student.run(fresh_layer, case.weight, case.bias, case.r, case.alpha, case.x)
    shapes = [tuple(tensor.shape) for tensor in seen["trainable"]]
    expected = [(case.r, case.d_in), (case.d_out, case.r)]
    if (case.d_out, case.d_in) in shapes:
        fail("The base's weight is still trainable.", expected=expected, got=shapes)
    if (case.d_out,) in shapes:
        fail("The base's bias is still trainable.", expected=expected, got=shapes)
    if sorted(map(sorted, shapes)) != sorted(map(sorted, expected)):
        fail(
            "The trainable tensors are not two matrices, r×d_in and d_out×r.",
            expected=expected,
            got=shapes,
            advice="nn.Parameter for A and B; requires_grad_(False) on the base.",
        )
    expect_a_detour(student, rng)


@exercise("LoRALinear")
def test_it_starts_as_the_base(student, rng):
    case = Case(rng)
    seen = student.run(fresh_layer, case.weight, case.bias, case.r, case.alpha, case.x)
    starts = [tensor for tensor in seen["trainable"] if case.r in tensor.shape]
    if len(starts) == 2 and not any(bool((tensor == 0).all()) for tensor in starts):
        fail(
            "A and B both start random, so the layer does not start as the base.",
            advice="With one of them zero, B A is zero whatever the other holds.",
        )
    expect_close(
        seen["output"],
        case.base,
        what="The output of a fresh layer, which must be the base's,",
        mistakes={"The base's bias is lost.": lambda: case.base - case.bias},
        advice="Nothing of the base may be drawn again, and B A must be zero at the start.",
        **FP32,
    )


@exercise("LoRALinear")
def test_one_matrix_starts_random(student, rng):
    case = Case(rng)
    seen = student.run(fresh_layer, case.weight, case.bias, case.r, case.alpha, case.x)
    starts = [tensor for tensor in seen["trainable"] if case.r in tensor.shape]
    random = [tensor for tensor in starts if bool((tensor != 0).any())]
    if starts and not random:
        fail(
            "A and B both start at zero, so neither ever gets a gradient.",
            advice="The gradient of B has A as a factor and the other way round: one of the two must not be zero.",
        )
    for tensor in random:
        rows = tensor if tensor.shape[0] == case.r else tensor.T
        if torch.allclose(rows, rows[:1].expand_as(rows), atol=1e-5):
            fail(
                "The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.",
                advice="Draw its entries, for instance with torch.randn or nn.init.kaiming_uniform_.",
            )
    expect_a_detour(student, rng)


@exercise("LoRALinear")
def test_delta_is_the_scaled_product(student, rng):
    case = Case(rng)
    (delta,) = case.run(student, ["delta"])
    expect_close(
        delta,
        case.scale * case.product,
        what="delta()",
        mistakes={
            "delta() is transposed: it must be (d_out, d_in), like the weight.": lambda: case.scale * case.product.T,
            "delta() lacks the factor alpha / r.": lambda: case.product,
            "delta() holds the whole merged weight, not what the detour adds.": lambda: (
                case.weight + case.scale * case.product
            ),
            "delta() is multiplied by alpha but not divided by r.": lambda: case.alpha * case.product,
        },
        **FP32,
    )


@exercise("LoRALinear")
def test_any_leading_dimensions(student, rng):
    case = Case(rng)
    case.run(student, ["forward"])
    for shape in ((case.d_in,), (2, 3, case.d_in), (0, case.d_in)):
        x = normal(rng, *shape)
        try:
            (output,) = case.run(student, ["forward"], x)
        except StudentError as error:
            fail(
                "forward works for inputs of two dimensions only; it must take (..., d_in).",
                expected="an output for every number of leading dimensions",
                got=str(error),
            )
        right = x @ case.weight.T + case.bias + case.scale * x @ case.product.T
        expect_close(output, right, what="The output for an input that isn't (batch, d_in)", **FP32)


@probe
def gradients(lesson, weight, bias, A, B, alpha, x, direction):
    """Gradients of sum(output · direction) at A, B and x, for a layer that holds this A and B."""
    base = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        base.weight.copy_(weight)
        base.bias.copy_(bias)
    layer = lesson.LoRALinear(base, A.shape[0], alpha)
    found = {}
    with torch.no_grad():
        for tensor in layer.parameters():
            for name, values in (("A", A), ("A", A.T), ("B", B), ("B", B.T)):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
                    found[name] = tensor
    x = x.clone().requires_grad_(True)
    loss = (layer(x) * direction).sum()
    if loss.requires_grad:
        loss.backward()
    as_given = {"A": A.shape, "B": B.shape}
    grads = {name: tensor.grad for name, tensor in found.items()}
    grads = {name: grad if grad is None or grad.shape == as_given[name] else grad.T for name, grad in grads.items()}
    return {**grads, "x": x.grad, "base": base.weight.grad}


@exercise("LoRALinear", points=2)
def test_gradients_reach_the_detour_and_the_input(student, rng):
    case = Case(rng)
    direction = normal(rng, 4, case.d_out)
    seen = student.run(gradients, case.weight, case.bias, case.A, case.B, case.alpha, case.x, direction)
    through_base = direction @ case.weight
    through_detour = case.scale * direction @ case.product
    if seen["base"] is not None:
        fail("The base's weight gets a gradient, so it is not frozen.")
    for name in ("A", "B"):
        if seen.get(name) is None:
            fail(
                f"{name} gets no gradient: it takes part in forward only through a detached copy.",
                advice="Look for .data, .detach(), .item() and torch.no_grad() between the parameter and the output.",
            )
    expect_close(
        {"A": seen["A"], "B": seen["B"]},
        {
            "A": case.scale * (direction @ case.B).T @ case.x,  # d/dA of sum(direction · scale · x A^T B^T)
            "B": case.scale * direction.T @ (case.x @ case.A.T),
        },
        what="The gradient at A and B",
        **FP32,
    )
    if seen["x"] is None:
        fail("The input gets no gradient at all, so layers before this one could not learn.")
    expect_close(
        seen["x"],
        through_base + through_detour,
        what="The gradient at the input",
        mistakes={
            "No gradient flows back through the base path; frozen means that its weights are not trained.": lambda: (
                through_detour
            ),
            "No gradient flows back through the detour to the input.": lambda: through_base,
        },
        **FP32,
    )


@exercise("LoRALinear")
def test_merged_computes_the_same(student, rng):
    case = Case(rng)
    before, after = case.run(student, ["forward", "merge", "forward"])
    right = case.output(case.scale)
    expect_close(before, right, what="The output before merging", **FP32)
    expect_close(
        after,
        right,
        what="The output after merging",
        mistakes={
            "merge() leaves the detour running, so the update counts twice.": lambda: case.output(2 * case.scale),
            "merge() adds B A without the factor alpha / r.": lambda: case.output(1),
            "merge() adds B A without the factor alpha / r, and the detour still runs.": lambda: case.output(
                1 + case.scale
            ),
            "merge() switches the detour off without adding the update to the weight.": lambda: case.base,
            "merge() loses the base's bias.": lambda: right - case.bias,
        },
        **FP32,
    )


@exercise("LoRALinear")
def test_merging_twice_is_merging_once(student, rng):
    case = Case(rng)
    (output,) = case.run(student, ["merge", "merge", "forward"])
    expect_close(
        output,
        case.output(case.scale),
        what="The output after merging twice",
        mistakes={"A second merge() adds the update once more.": lambda: case.output(2 * case.scale)},
        **FP32,
    )


@exercise("LoRALinear")
def test_unmerge_undoes_merge(student, rng):
    case = Case(rng)
    (output,) = case.run(student, ["merge", "unmerge", "forward"])
    expect_close(
        output,
        case.output(case.scale),
        what="The output after merge() and unmerge()",
        mistakes={
            "unmerge() starts the detour again but leaves the update in the weight.": lambda: case.output(
                2 * case.scale
            ),
            "unmerge() subtracts B A without the factor alpha / r.": lambda: case.output(2 * case.scale - 1),
            "unmerge() takes the update out of the weight but does not start the detour again.": lambda: case.base,
            "unmerge() adds the update instead of subtracting it.": lambda: case.output(3 * case.scale),
        },
        **FP32,
    )


@exercise("LoRALinear")
def test_unmerge_without_merge_changes_nothing(student, rng):
    case = Case(rng)
    (output,) = case.run(student, ["unmerge", "forward"])
    expect_close(
        output,
        case.output(case.scale),
        what="The output after unmerge() alone",
        mistakes={"unmerge() subtracts an update that was never merged.": lambda: case.base},
        **FP32,
    )


@probe
def with_dropout(lesson, weight, A, B, alpha, x, dropout):
    """Outputs of a layer with dropout: fresh in train mode, then holding A and B, in train and in eval mode."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = lesson.LoRALinear(base, A.shape[0], alpha, dropout=dropout)
    layer.train()
    fresh = layer(x)
    with torch.no_grad():
        for tensor in layer.parameters():
            for values in (A, A.T, B, B.T):
                if tensor.requires_grad and tensor.shape == values.shape:
                    tensor.copy_(values)
    train = layer(x)
    layer.eval()
    return {"fresh": fresh, "train": train, "eval": layer(x)}


@exercise("LoRALinear")
def test_dropout_acts_in_training_and_on_the_detour(student, rng):
    case = Case(rng)
    x = normal(rng, 12, case.d_in)  # 60 entries or more: that none is dropped has probability 0.5**60
    seen = student.run(with_dropout, case.weight, case.A, case.B, case.alpha, x, 0.5)
    base = x @ case.weight.T
    right = base + case.scale * x @ case.product.T
    for name in ("fresh", "train", "eval"):
        if not isinstance(seen[name], torch.Tensor) or seen[name].shape != base.shape:
            fail("The output of a layer with dropout has the wrong shape.", expected=tuple(base.shape))
    if not torch.allclose(seen["fresh"], base, **FP32):
        fail(
            "Dropout reaches the base path, so the frozen model itself is disturbed.",
            advice="Apply it to the detour's input: base(x) + scale * B(A(dropout(x))).",
        )
    if not torch.allclose(seen["eval"], right, **FP32):
        fail(
            "Dropout still acts in eval mode.",
            advice="nn.Dropout follows train() and eval(); F.dropout needs training=self.training.",
        )
    if torch.allclose(seen["train"], right, **FP32):
        fail("Dropout does nothing in train mode.")
    if not seen["train"].isfinite().all():
        fail("The output with dropout holds numbers that are not finite.")


@probe
def make_layer(lesson, r, dropout):
    lesson.LoRALinear(nn.Linear(4, 3), r, 8, dropout=dropout)


@exercise("LoRALinear")
def test_bad_settings_are_errors(student, rng):
    with expect_error("ValueError", what="LoRALinear with r = 0"):
        student.run(make_layer, 0, 0.0)
    with expect_error("ValueError", what="LoRALinear with a dropout above 1"):
        student.run(make_layer, 2, 1.5)
    expect_a_detour(student, rng)


# --- whole models ---------------------------------------------------------------------------------------------------


@probe
def adapted_gpt2(lesson, seed, targets, r, alpha, values, token_ids):
    """Logits of a GPT-2 that apply_lora adapted, as it starts and with `values` filled into its detours."""
    model = builders.tiny_gpt2(seed, width=18)
    lesson.apply_lora(model, targets, r, alpha)
    with torch.no_grad():
        fresh = model(token_ids).logits
        for name, tensor in model.named_parameters():
            for layer, matrices in values.items():
                for matrix in matrices:
                    if tensor.requires_grad and name.startswith(f"{layer}."):
                        if tensor.shape == matrix.shape:
                            tensor.copy_(matrix)
                        elif tensor.shape == matrix.T.shape:
                            tensor.copy_(matrix.T)
        return {"fresh": fresh, "filled": model(token_ids).logits}


def dense_logits(model, values, times, token_ids):
    """Logits with times · B A added to the weights themselves, (d_in, d_out) in Conv1D: no LoRA anywhere."""
    with torch.no_grad():
        for layer, (A, B) in values.items():
            model.get_submodule(layer).weight += times * (B @ A).T
        logits = model(token_ids).logits
        for layer, (A, B) in values.items():
            model.get_submodule(layer).weight -= times * (B @ A).T
    return logits


@exercise("apply_lora", points=2)
def test_gpt2_computes_with_its_detours(student, rng):
    seed, r, alpha = int(torch.randint(1 << 30, (), generator=rng)), 2, 7
    token_ids = torch.randint(1, 53, (2, 5), generator=rng)
    sizes = {"attn.c_attn": (18, 54), "mlp.c_proj": (72, 18)}
    values = {
        f"transformer.h.{block}.{layer}": [0.3 * normal(rng, r, d_in), 0.3 * normal(rng, d_out, r)]
        for block in range(2)
        for layer, (d_in, d_out) in sizes.items()
    }
    seen = student.run(adapted_gpt2, seed, list(sizes), r, alpha, values, token_ids)
    model = builders.tiny_gpt2(seed, width=18)
    base = dense_logits(model, values, 0.0, token_ids)
    expect_close(
        seen["fresh"],
        base,
        what="The logits before any training, which must be the base's,",
        advice="A Conv1D computes x W + b with W (d_in, d_out): keep the base layer and call it.",
        **FP32,
    )
    expect_close(
        seen["filled"],
        dense_logits(model, values, alpha / r, token_ids),
        what="The logits with numbers in A and B",
        mistakes={
            "The detours are there, but the model computes without them.": base,
            "The model's detours are added without the factor alpha / r.": lambda: dense_logits(
                model, values, 1.0, token_ids
            ),
            "The model's detours are multiplied by alpha but not divided by r.": lambda: dense_logits(
                model, values, alpha, token_ids
            ),
        },
        advice="Put the new module where the old layer was: model.set_submodule(name, new_layer).",
        rtol=1e-3,
        atol=1e-3,  # two blocks with updates of size 10 amplify rounding a hundredfold
    )


@probe
def adapted_blocks(lesson, targets, number):
    """Names of what is trainable after apply_lora in a model with GPT-2's names, and the count it returns."""
    blocks = {}
    for block in map(str, range(number)):
        attn, mlp = nn.ModuleDict({"c_proj": nn.Linear(6, 6)}), nn.ModuleDict({"c_proj": nn.Linear(8, 6)})
        blocks[block] = nn.ModuleDict({"ln_1": nn.LayerNorm(6), "attn": attn, "mlp": mlp})
    model = nn.ModuleDict({"wte": nn.Embedding(9, 6), "h": nn.ModuleDict(blocks)})
    of_the_base = {name for name, _ in model.named_parameters()}
    count = lesson.apply_lora(model, targets, 2, 7)
    names = [name for name, tensor in model.named_parameters() if tensor.requires_grad]
    return {"count": count, "trainable": names, "unfrozen": [name for name in names if name in of_the_base]}


@exercise("apply_lora")
def test_only_what_is_named_is_adapted(student, rng):
    blocks = whole(rng, 2, 6)
    seen = student.run(adapted_blocks, ["attn.c_proj"], blocks)
    names = seen["trainable"]
    wanted = [f"h.{block}.attn.c_proj" for block in range(blocks)]
    if seen["unfrozen"]:
        fail(
            "Weights of the model itself are still trainable.",
            got=seen["unfrozen"],
            advice="Freeze the whole model before you put the detours in.",
        )
    if any(".mlp.c_proj" in name for name in names):
        fail(
            "attn.c_proj also took mlp.c_proj; the whole dotted target must match.",
            expected=wanted,
            got=names,
            advice="Compare with '.' in front: f'.{name}'.endswith(f'.{target}').",
        )
    if any(not name.startswith(tuple(f"{layer}." for layer in wanted)) for name in names):
        fail("Something other than the named layers is adapted.", expected=wanted, got=names)
    if seen["count"] == blocks and len(names) == 2:
        fail("All layers share one detour; each needs its own.", got=names)
    if not all(any(name.startswith(f"{layer}.") for name in names) for layer in wanted):
        fail("Not every layer that the target names is adapted.", expected=wanted, got=names)
    if len(names) != 2 * blocks:
        fail("An adapted layer must have two trainable tensors of its own.", expected=2 * blocks, got=len(names))
    expect_equal(
        seen["count"],
        blocks,
        what="What apply_lora returns",
        mistakes={
            "It returns how many targets were given, not how many layers were adapted.": 1,
            "It returns how many tensors are trainable, not how many layers were adapted.": 2 * blocks,
            "It returns nothing; it must return how many layers were adapted.": None,
        },
    )


@probe
def apply_to_small_model(lesson, targets, r):
    """Whether apply_lora raises on a plain torch model; what is trainable in the model afterwards."""
    model = nn.ModuleDict({"fc": nn.Linear(4, 3), "norm": nn.LayerNorm(3)})
    try:
        lesson.apply_lora(model, targets, r, 7)
        error = None
    except ValueError as raised:
        error = str(raised)
    return {"error": error, "trainable": sorted(name for name, p in model.named_parameters() if p.requires_grad)}


@exercise("apply_lora")
def test_a_target_that_matches_nothing_is_an_error(student):
    seen = student.run(apply_to_small_model, ["fc", "q_proj"], 2)
    if seen["error"] is None:
        fail(
            "A target that matches no layer is passed over in silence.",
            expected="ValueError that names the target",
            got="no error",
            advice="Somebody who writes q_proj for a GPT-2 would train nothing and not know it.",
        )
    assert "q_proj" in seen["error"], "The error for a target that matches no layer does not name the target."
    if student.run(apply_to_small_model, ["fc"], 2)["error"] is not None:
        fail("apply_lora refuses a target that is there.")


@probe
def effective_qv(lesson, seed, r, alpha, fill):
    """Adapt a GPT-2 with lora_qv, fill every trainable tensor with one number, read each c_attn's weight off."""
    model = builders.tiny_gpt2(seed, width=18)
    refused = False
    try:
        lesson.lora_qv(model, 0, alpha)
    except ValueError:
        refused = True
    before = [block.attn.c_attn(torch.eye(18)) for block in model.transformer.h]
    count = lesson.lora_qv(model, r, alpha) if refused else 0
    start = [block.attn.c_attn(torch.eye(18)) for block in model.transformer.h]
    trainable = sum(tensor.numel() for tensor in model.parameters() if tensor.requires_grad)
    with torch.no_grad():
        for tensor in model.parameters():
            if tensor.requires_grad:
                tensor.fill_(fill)
    after = [block.attn.c_attn(torch.eye(18)) for block in model.transformer.h]
    return {
        "refused": refused,
        "count": count,
        "trainable": trainable,
        "before": before,
        "start": start,
        "after": after,
    }


@exercise("lora_qv")
def test_queries_and_values_change_and_keys_do_not(student, rng):
    seed, r, alpha = int(torch.randint(1 << 30, (), generator=rng)), 2, whole(rng, 5, 10)
    seen = student.run(effective_qv, seed, r, alpha, 0.5)
    if not seen["refused"]:
        fail("lora_qv accepts r = 0; it must raise ValueError before it changes the model.")
    expect_close(seen["start"], seen["before"], what="c_attn before any training, which must be the base's,", **FP32)
    with torch.no_grad():
        base = [block.attn.c_attn(torch.eye(18)) for block in builders.tiny_gpt2(seed, width=18).transformer.h]
    expect_close(seen["before"], base, what="c_attn after lora_qv refused, which must be the base's,", **FP32)

    # Every entry of B A is r · 0.5 · 0.5, so every entry of a detour's update is alpha · 0.25.
    def change(query, key, value):
        return [torch.tensor([query, key, value]).repeat_interleave(18).expand(18, 54)] * 2

    full = alpha * 0.25
    expect_close(
        [after - start for after, start in zip(seen["after"], seen["start"], strict=True)],
        change(full, 0.0, full),
        what="The change of c_attn",
        mistakes={
            "The keys change too; detours belong beside query and value only.": change(full, full, full),
            "Queries and keys change, not queries and values.": change(full, full, 0.0),
            "Keys and values change, not queries and values.": change(0.0, full, full),
            "Only the queries change; the values need a detour too.": change(full, 0.0, 0.0),
            "Only the first block is adapted.": [change(full, 0.0, full)[0], change(0.0, 0.0, 0.0)[0]],
            "The detours of query and value are added without the factor alpha / r.": change(r * 0.25, 0.0, r * 0.25),
            "The detours of query and value are multiplied by alpha but not divided by r.": change(
                r * full, 0.0, r * full
            ),
            "The detours are there, but c_attn computes without them.": change(0.0, 0.0, 0.0),
        },
        advice="Of c_attn's output (..., 3·D), the first D are queries, the next D keys, the last D values.",
        **FP32,
    )
    expect_equal(
        seen["trainable"],
        2 * (4 * r * 18),  # two blocks
        what="The number of trainable numbers",
        mistakes={
            "Query and value share one A; each needs its own.": 2 * (3 * r * 18),
            "Everything outside c_attn is still trainable.": lambda: (
                sum(tensor.numel() for tensor in builders.tiny_gpt2(seed, width=18).parameters())
                - 2 * (54 * 18 + 54)
                + 2 * (4 * r * 18)
            ),
        },
        advice="Freeze the whole model; then each block trains two A (r×D) and two B (D×r).",
    )
    expect_equal(
        seen["count"],
        2,
        what="What lora_qv returns, the number of blocks,",
        mistakes={"lora_qv returns the number of detours, not of blocks.": 4},
    )


# --- saving and loading ---------------------------------------------------------------------------------------------


@probe
def saved_state(lesson, r, numbers):
    """Adapt a small model, save it, overwrite its trainable tensors, and look at what was saved."""
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    lesson.apply_lora(model, ["0", "2"], r, 7)
    with torch.no_grad():
        for number, tensor in enumerate(p for p in model.parameters() if p.requires_grad):
            tensor.fill_(numbers[number % 4])
    state = lesson.adapter_state_dict(model)
    sizes = sorted(tensor.numel() for tensor in state.values())
    values = sorted(float(tensor.mean()) for tensor in state.values())
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.fill_(-1.0)
    later = sorted(float(tensor.mean()) for tensor in state.values())
    return {
        "sizes": sizes,
        "values": values,
        "later": later,
        "graph": any(tensor.requires_grad for tensor in state.values()),
        "base": sorted(tensor.numel() for tensor in model.parameters() if not tensor.requires_grad),
    }


@exercise("adapter_state_dict")
def test_the_detours_and_nothing_else(student, rng):
    r, numbers = 3, torch.rand(4, generator=rng).tolist()
    seen = student.run(saved_state, r, numbers)
    right = sorted([r * 6, 5 * r, r * 5, 4 * r])
    expect_equal(
        seen["sizes"],
        right,
        what="The sizes of the saved tensors",
        mistakes={
            "The base's weights are saved too.": sorted(right + seen["base"]),
            "The base's weights are saved, and not the detours.": seen["base"],
            "Only one of A and B is saved.": sorted([5 * r, 4 * r]),
            "Names collide, so that only the last layer's detour is saved.": sorted([5 * r, 4 * r][1:] + [r * 5]),
        },
        advice="One name per tensor, for instance those of model.named_parameters().",
    )
    expect_close(seen["values"], sorted(numbers), what="The values saved")


@exercise("adapter_state_dict")
def test_a_saved_state_stays_as_it_was(student, rng):
    numbers = torch.rand(4, generator=rng).tolist()
    seen = student.run(saved_state, 2, numbers)
    if seen["later"] != seen["values"]:
        fail(
            "The saved tensors are the model's own, so training on changes what was saved.",
            advice="tensor.detach().clone()",
        )
    assert not seen["graph"], "The saved tensors still ask for gradients; they must be detached."
    expect_close(sorted(set(seen["later"])), sorted(numbers), what="The values saved", atol=1e-5)


@probe
def round_trip(lesson, rank_saved, rank_loaded, x):
    """Fill an adapted model, save it, load that into a second one from the same base; outputs of both."""
    base = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    weights = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    lesson.apply_lora(base, ["0", "2"], rank_saved, 7)
    with torch.no_grad():
        for tensor in base.parameters():
            if tensor.requires_grad:
                tensor.normal_()
    other = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    other.load_state_dict(weights)
    lesson.apply_lora(other, ["0", "2"], rank_loaded, 7)
    fresh = other(x)
    lesson.load_adapter(other, lesson.adapter_state_dict(base))
    return {"saved": base(x), "fresh": fresh, "loaded": other(x)}


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


@exercise("load_adapter", points=2)
def test_a_loaded_adapter_computes_what_the_saved_one_did(student, rng):
    seen = student.run(round_trip, 2, 2, normal(rng, 3, 6))
    expect_equal(
        seen["loaded"],
        seen["saved"],
        what="The output after loading",
        mistakes={"load_adapter leaves the model as it was.": seen["fresh"]},
        advice="Copy every tensor: under torch.no_grad(), parameter.copy_(state[name]).",
    )
    expect_loading(student, rng)


@exercise("load_adapter")
def test_an_adapter_of_another_rank_is_an_error(student, rng):
    x = normal(rng, 3, 6)
    try:
        student.run(round_trip, 1, 3, x)
    except StudentError as error:
        if error.type == "ValueError":
            expect_loading(student, rng)
            return
        fail("An adapter of another rank must be refused with a ValueError.", expected="ValueError", got=str(error))
    fail(
        "An adapter of another rank is loaded in silence.",
        expected="ValueError",
        got="no error",
        advice="copy_ stretches a (1, d) tensor to (r, d): compare the shapes first.",
    )


# --- the library ----------------------------------------------------------------------------------------------------


@probe
def adapted_by_peft(lesson, r, alpha, weight, A, B, x):
    """What c_attn computes, with A and B filled in, after PEFT adapted layers with GPT-2's names; trainable names."""
    import peft
    from transformers.pytorch_utils import Conv1D

    attn = nn.ModuleDict({"c_attn": Conv1D(weight.shape[1], weight.shape[0]), "c_proj": Conv1D(6, 6)})
    model = nn.ModuleDict({"h": nn.ModuleList([nn.ModuleDict({"attn": attn, "mlp": nn.Linear(6, 6)})])})
    with torch.no_grad():
        attn["c_attn"].weight.copy_(weight)
        # PEFT's core step. get_peft_model also prepares saving, which takes a tenth of a second.
        peft.inject_adapter_in_model(lesson.peft_lora_config(r, alpha), model)
        for name, tensor in model.named_parameters():
            if ".c_attn.lora_A." in name:
                tensor.copy_(A)
            elif ".c_attn.lora_B." in name:
                tensor.copy_(B)
        output = model["h"][0]["attn"]["c_attn"](x)
    return {"output": output, "trainable": [name for name, tensor in model.named_parameters() if tensor.requires_grad]}


@exercise("peft_lora_config", requires="peft")
def test_peft_computes_the_same(student, rng):
    r, alpha = 2, 7
    weight, A, B, x = normal(rng, 6, 18), normal(rng, r, 6), normal(rng, 18, r), normal(rng, 4, 6)
    seen = student.run(adapted_by_peft, r, alpha, weight, A, B, x)
    others = [name for name in seen["trainable"] if "attn.c_attn.lora_" not in name]
    if len(seen["trainable"]) != 2 or others:
        fail("PEFT adapts something else than the c_attn of every block.", expected="c_attn", got=seen["trainable"])

    def output(times):
        return x @ weight + times * x @ (B @ A).T

    expect_close(
        seen["output"],
        output(alpha / r),
        what="The output that PEFT computes with your config",
        mistakes={
            "PEFT scales by alpha / sqrt(r) with your config: leave use_rslora off.": lambda: output(alpha / r**0.5),
            "lora_alpha does not arrive in the config.": lambda: output(8 / r),
        },
        **FP32,
    )
