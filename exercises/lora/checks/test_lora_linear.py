"""Checks of `LoRALinear`."""

import torch
from lora_oracles import FP32
from torch import nn

from autograder.checks import StudentError, exercise, expect_close, expect_error, fail, probe


@probe
def run_layer(student, weight, bias, A, B, alpha, x, steps):
    """What `forward` and `delta` give at each of those steps, of a layer whose A and B hold these numbers."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
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
        self.d_in, self.d_out = rng.choice([(5, 8), (9, 6)])
        self.r, self.alpha = rng.choice([(2, 7), (3, 11), (2, 11), (3, 7)])  # alpha / r is not a whole number
        self.weight, self.bias = rng.randn(self.d_out, self.d_in), rng.randn(self.d_out)
        self.A, self.B = rng.randn(self.r, self.d_in), rng.randn(self.d_out, self.r)
        self.x = rng.randn(4, self.d_in)
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
def fresh_layer(student, weight, bias, r, alpha, x):
    """A layer as it starts: its trainable tensors, what it computes, and what the base alone would."""
    base = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        base.weight.copy_(weight)
        base.bias.copy_(bias)
    layer = student.LoRALinear(base, r, alpha)
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
        x = rng.randn(*shape)
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
def gradients(student, weight, bias, A, B, alpha, x, direction):
    """Gradients of sum(output · direction) at A, B and x, for a layer that holds this A and B."""
    base = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        base.weight.copy_(weight)
        base.bias.copy_(bias)
    layer = student.LoRALinear(base, A.shape[0], alpha)
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
    direction = rng.randn(4, case.d_out)
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
def with_dropout(student, weight, A, B, alpha, x, dropout):
    """Outputs of a layer with dropout: fresh in train mode, then holding A and B, in train and in eval mode."""
    base = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        base.weight.copy_(weight)
    layer = student.LoRALinear(base, A.shape[0], alpha, dropout=dropout)
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
    x = rng.randn(12, case.d_in)  # 60 entries or more: that none is dropped has probability 0.5**60
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
def make_layer(student, r, dropout):
    student.LoRALinear(nn.Linear(4, 3), r, 8, dropout=dropout)


@exercise("LoRALinear")
def test_bad_settings_are_errors(student, rng):
    with expect_error("ValueError", what="LoRALinear with r = 0"):
        student.run(make_layer, 0, 0.0)
    with expect_error("ValueError", what="LoRALinear with a dropout above 1"):
        student.run(make_layer, 2, 1.5)
    expect_a_detour(student, rng)
