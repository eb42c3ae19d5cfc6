"""Checks of `LoRALinear`."""

from dataclasses import replace

import torch
from lora_oracles import (
    SCALE_MISTAKES,
    SMALLEST_RANK,
    TOL_FP32,
    LoRAOracle,
    delta_mistakes,
    draw_layer,
    expect_accepted,
    expect_adapter_matters,
    expect_like_base,
    expect_square_merge,
    expect_unmerged,
    forward_mistakes,
    merge_mistakes,
    outputs_after,
    run_layer,
)
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_error, fail, probe


@exercise("LoRALinear")
def test_lora_linear_docstring_example(student):
    weight = torch.tensor([[1.0, 2, 3, 0], [4, 5, 6, 0], [0, 0, 0, 1]])
    A, B = torch.tensor([[1.0, 0, -1, 0], [0, 1, 0, 0]]), torch.tensor([[1.0, 0], [2, 1], [0, -1]])
    x, bias = torch.tensor([[1.0, 1, 3, 2]]), torch.tensor([10.0, 20, 30])
    (result,) = student.run(run_layer, weight, bias, A, B, 6, x, ["forward"])
    expect_close(
        result,
        torch.tensor([[16.0, 38, 29]]),
        what="The output of the docstring's example",
        mistakes={
            "The update is added without the factor alpha / r.": torch.tensor([[20.0, 44, 31]]),
            "The update is multiplied by alpha but not divided by r.": torch.tensor([[10.0, 29, 26]]),
            "The base's bias is lost.": torch.tensor([[6.0, 18, -1]]),
            "The adapter is there, but forward does not use its trainable tensors.": torch.tensor([[22.0, 47, 32]]),
        },
        advice="Work the docstring's example through on paper: A x, then B A x, then times alpha / r = 3.",
    )


@exercise("LoRALinear")
def test_base_plus_scaled_adapter(student, rng):
    layer, x = draw_layer(rng)
    (result,) = layer.run(student, ["forward"], x)
    expected = layer.output(x)
    expect_close(
        result,
        expected,
        what="The output",
        mistakes={
            **forward_mistakes(layer, x),
            "The base path is missing; the output is the adapter's alone.": expected - layer.base(x),
        },
        advice="h = W x + b + (alpha / r) B A x, with the A and B that the layer holds at that moment.",
        **TOL_FP32,
    )


@probe
def fresh_layer(student, weight, bias, r, alpha, x):
    """A layer as it starts: its output and its trainable tensors; those of another that is made after it."""
    layer, other = (student.LoRALinear(builders.linear(weight, bias), r, alpha) for _ in range(2))
    trainable = [[tensor for tensor in one.parameters() if tensor.requires_grad] for one in (layer, other)]
    return {"output": layer(x), "trainable": trainable[0], "other": trainable[1]}


@exercise("LoRALinear")
def test_only_two_thin_matrices_are_trainable(student, rng):
    layer, x = draw_layer(rng)
    fresh = student.run(fresh_layer, layer.weight, layer.bias, layer.r, layer.alpha, x)
    shapes = [tuple(tensor.shape) for tensor in fresh["trainable"]]
    expected = [tuple(layer.A.shape), tuple(layer.B.shape)]
    if tuple(layer.weight.shape) in shapes:
        fail("The base's weight is still trainable.", expected=expected, got=shapes)
    if tuple(layer.bias.shape) in shapes:
        fail("The base's bias is still trainable.", expected=expected, got=shapes)
    if sorted(map(sorted, shapes)) != sorted(map(sorted, expected)):
        fail(
            "The trainable tensors are not two matrices, r×d_in and d_out×r.",
            expected=expected,
            got=shapes,
            advice="nn.Parameter for A and B; requires_grad_(False) on the base.",
        )
    expect_like_base(student, "float64", "meta")  # "meta" has shapes but no memory, and every machine has it
    expect_adapter_matters(student, rng)


@exercise("LoRALinear")
def test_it_starts_as_the_base(student, rng):
    layer, x = draw_layer(rng)
    fresh = student.run(fresh_layer, layer.weight, layer.bias, layer.r, layer.alpha, x)
    starts = [tensor for tensor in fresh["trainable"] if layer.r in tensor.shape]
    if len(starts) == 2 and not any(bool((tensor == 0).all()) for tensor in starts):
        fail(
            "A and B both start random, so the layer does not start as the base.",
            advice="With one of them zero, B A is zero whatever the other holds.",
        )
    expect_close(
        fresh["output"],
        layer.base(x),
        what="The output of a fresh layer, which must be the base's,",
        mistakes={"The base's bias is lost.": layer.base(x) - layer.bias},
        advice="Nothing of the base may be drawn again, and B A must be zero at the start.",
        **TOL_FP32,
    )


@exercise("LoRALinear")
def test_one_matrix_starts_random(student, rng):
    layer, x = draw_layer(rng)
    fresh = student.run(fresh_layer, layer.weight, layer.bias, layer.r, layer.alpha, x)
    starts = [tensor for tensor in fresh["trainable"] if layer.r in tensor.shape]
    random = [tensor for tensor in starts if bool((tensor != 0).any())]
    if starts and not random:
        fail(
            "A and B both start at zero, so neither ever gets a gradient.",
            advice="The gradient of B has A as a factor and the other way round: one of the two must not be zero.",
        )
    for tensor in random:
        rows = tensor if tensor.shape[0] == layer.r else tensor.T  # (r, d_in) or (r, d_out)
        if torch.allclose(rows, rows[:1].expand_as(rows), atol=1e-5):
            fail(
                "The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.",
                advice="Draw its entries, for instance with torch.randn or nn.init.kaiming_uniform_.",
            )
        if any(tensor.shape == other.shape and torch.equal(tensor, other) for other in fresh["other"]):
            fail(
                "It seeds torch's random generator itself, so every layer starts with the same numbers.",
                advice="Leave out torch.manual_seed: a seed is set once, by whoever trains.",
            )
    # 60 entries or more, of root mean square 1 where they are torch.randn's; times sqrt(d_in) it is 20.
    wide = student.run(fresh_layer, rng.randn(30, 400), rng.randn(30), 2, 7, rng.randn(1, 400))
    if any(tensor.square().mean() > 2**2 for tensor in wide["trainable"] if 2 in tensor.shape):
        fail(
            "The matrix that is not zero starts with entries larger than torch.randn's.",
            advice="Dividing by sqrt(d_in) keeps A x of the size of x; multiplying by it does not.",
        )
    expect_adapter_matters(student, rng)


@exercise("LoRALinear")
def test_delta_is_the_scaled_product(student, rng):
    layer, x = draw_layer(rng)
    (result,) = layer.run(student, ["delta"], x)
    expect_close(
        result,
        layer.delta,
        what="delta()",
        mistakes=delta_mistakes(layer),
        **TOL_FP32,
    )


@exercise("LoRALinear")
def test_any_leading_dimensions(student, rng):
    layer, x = draw_layer(rng)
    layer.run(student, ["forward"], x)
    d_in = x.shape[-1]
    for shape in ((d_in,), (2, 3, d_in), (0, d_in)):
        x = rng.randn(*shape)
        try:
            (result,) = layer.run(student, ["forward"], x)
        except StudentError as error:
            fail(
                "forward works for inputs of two dimensions only; it must take (..., d_in).",
                expected="an output for every number of leading dimensions",
                got=str(error),
            )
        expect_close(result, layer.output(x), what="The output for an input that isn't (batch, d_in)", **TOL_FP32)


@probe
def gradients(student, weight, bias, A, B, alpha, x, direction):
    """Gradients of sum(output · direction) at A and B, turned as they are given here, at x and at the base's weight."""
    base = builders.linear(weight, bias)
    layer = student.LoRALinear(base, A.shape[0], alpha)
    builders.fill(layer, A, B)
    x = x.clone().requires_grad_(True)
    output = layer(x)
    loss = (output * direction).sum()
    if loss.requires_grad:
        loss.backward()
    found = {"output": output, "x": x.grad, "base": base.weight.grad}
    for name, matrix in (("A", A), ("B", B)):
        for parameter in layer.parameters():
            if parameter.grad is not None and parameter.shape in (matrix.shape, matrix.T.shape):
                found[name] = parameter.grad if parameter.shape == matrix.shape else parameter.grad.T
    return found


@exercise("LoRALinear", points=2)
def test_gradients_reach_the_adapter_and_the_input(student, rng):
    layer, x = draw_layer(rng)
    direction = rng.randn(4, len(layer.bias))  # dL/dh (4, d_out)
    found = student.run(gradients, *layer.given, x, direction)
    if found["base"] is not None:
        fail("The base's weight gets a gradient, so it is not frozen.")
    expect_close(found["output"], layer.output(x), what="The output", mistakes=forward_mistakes(layer, x), **TOL_FP32)
    for name in ("A", "B"):
        if found.get(name) is None:
            fail(
                f"{name} gets no gradient: it takes part in forward only through a detached copy.",
                advice="Look for .data, .detach(), .item() and torch.no_grad() between the parameter and the output.",
            )
    expect_close(
        {"A": found["A"], "B": found["B"]},
        {
            "A": layer.scale * (direction @ layer.B).T @ x,  # (r, 4) @ (4, d_in)
            "B": layer.scale * direction.T @ (x @ layer.A.T),  # (d_out, 4) @ (4, r)
        },
        what="The gradient at A and B",
        **TOL_FP32,
    )
    if found["x"] is None:
        fail("The input gets no gradient at all, so layers before this one could not learn.")
    through_base = direction @ layer.weight  # (4, d_in)
    through_adapter = layer.scale * direction @ layer.product  # (4, d_in)
    expect_close(
        found["x"],
        through_base + through_adapter,
        what="The gradient at the input",
        mistakes={
            "No gradient flows back through the base path; frozen means that its weights are not trained.": (
                through_adapter
            ),
            "No gradient flows back through the adapter to the input.": through_base,
        },
        **TOL_FP32,
    )


@exercise("LoRALinear")
def test_merged_computes_the_same(student, rng):
    layer, x, (merged, cleared) = outputs_after(student, rng, "merge", "forward", "clear", "forward")
    expect_close(
        merged, layer.output(x), what="The output after merging", mistakes=merge_mistakes(layer, x), **TOL_FP32
    )
    expect_close(
        cleared,
        layer.output(x),
        what="The output of a merged layer whose A and B are set to zero afterwards",
        mistakes={
            "A merged layer still computes the adapter; merging must put the update into the weight.": layer.base(x)
        },
        advice="Merged, the update is in the weight, and forward is the base's matrix product and no more.",
        **TOL_FP32,
    )
    expect_square_merge(student, rng, 4, 7)


@exercise("LoRALinear")
def test_merging_twice_is_merging_once(student, rng):
    layer, x, (once, twice) = outputs_after(student, rng, "merge", "forward", "merge", "forward")
    expect_close(once, layer.output(x), what="The output after merging", mistakes=merge_mistakes(layer, x), **TOL_FP32)
    expect_close(
        twice,
        layer.output(x),
        what="The output after merging twice",
        mistakes={"A second merge() adds the update once more.": layer.output(x, 2 * layer.scale)},
        **TOL_FP32,
    )


@exercise("LoRALinear")
def test_unmerge_undoes_merge(student, rng):
    layer, x = draw_layer(rng)
    expect_unmerged(student, layer, x, times=1)


@exercise("LoRALinear")
def test_unmerge_without_merge_changes_nothing(student, rng):
    layer, x, (after,) = outputs_after(student, rng, "unmerge", "forward")
    expect_close(
        after,
        layer.output(x),
        what="The output after unmerge() alone",
        mistakes={"unmerge() subtracts an update that was never merged.": layer.base(x)},
        **TOL_FP32,
    )


@probe
def with_dropout(student, weight, A, B, alpha, x, dropout):
    """Outputs of a layer with dropout, fresh and holding A and B, in eval mode (then twice) and in train mode.

    And all that it stores, before and after eval() and train(); and the input of a call in train mode, afterwards.
    """
    layer = student.LoRALinear(builders.linear(weight), A.shape[0], alpha, dropout=dropout)
    outputs, given = {"fresh": layer.eval()(x)}, x.clone()
    outputs["fresh in train mode"] = layer.train()(given)
    builders.fill(layer, A, B)
    stored = []
    for mode in (True, False, True):
        layer.train(mode)
        stored.append([tensor.detach().clone() for tensor in layer.parameters()])
        outputs["train" if mode else "eval"] = layer(x.clone())
        if not mode:
            outputs["eval again"] = layer(x)
    return {**outputs, "stored": stored, "input": given}


@exercise("LoRALinear")
def test_dropout_acts_in_training_and_on_the_adapter(student, rng):
    layer, x = draw_layer(rng)
    layer = replace(layer, bias=None)
    # One entry a row is not zero: where it is dropped the update is zero, and double where it is kept. That none of
    # 60 is dropped, or all, has probability 0.5**60.
    x = torch.zeros(60, x.shape[-1])
    x[range(60), [row % x.shape[-1] for row in range(60)]] = rng.randn(60)
    outputs = student.run(with_dropout, layer.weight, layer.A, layer.B, layer.alpha, x, 0.5)
    base, expected = layer.base(x), layer.output(x)
    for mode, output in outputs.items():
        if mode not in ("stored", "input") and (not isinstance(output, torch.Tensor) or output.shape != base.shape):
            fail("The output of a layer with dropout has the wrong shape.", expected=tuple(base.shape))
    if not torch.equal(outputs["input"], x):
        fail("Dropout changes the layer's input in place.")
    start, evaluating, training = outputs["stored"]
    for now in (evaluating, training):
        if len(now) != len(start) or not all(map(torch.equal, start, now)):
            fail("eval() or train() changes weights; only merge() and unmerge() may.")

    # In eval mode dropout does nothing
    if not torch.equal(outputs["eval"], outputs["eval again"]):
        fail(
            "Dropout still acts in eval mode.",
            advice="nn.Dropout follows train() and eval(); F.dropout needs training=self.training.",
        )
    expect_close(
        outputs["eval"], expected, what="The output in eval mode", mistakes=forward_mistakes(layer, x), **TOL_FP32
    )
    expect_close(outputs["fresh"], base, what="The output of a fresh layer, which must be the base's,", **TOL_FP32)

    # In train mode it zeroes entries of the adapter's input, and nothing else
    if not torch.allclose(outputs["fresh in train mode"], base, **TOL_FP32):
        fail(
            "Dropout reaches the base path, so the frozen model itself is disturbed.",
            advice="Apply it to the adapter's input: base(x) + scale * B(A(dropout(x))).",
        )
    if torch.allclose(outputs["train"], expected, **TOL_FP32):
        fail("Dropout does nothing in train mode.")
    if not outputs["train"].isfinite().all():
        fail("The output with dropout holds values that are not finite.")

    def whole_rows(*factors):
        """Whether the update of each row is that of eval mode times one of these factors."""
        candidates = [base + factor * (expected - base) for factor in factors]  # (60, d_out) each
        return all(
            any(torch.allclose(row, rows[index], **TOL_FP32) for rows in candidates)
            for index, row in enumerate(outputs["train"])
        )

    if not whole_rows(0, 2):
        if whole_rows(0, 1):
            fail("The entries that dropout keeps are not divided by 1 - dropout.")
        fail("Dropout acts somewhere else than on the adapter's input.")

    # The dropout 1 zeroes all
    with expect_accepted("The dropout 1 is rejected; only numbers outside 0 to 1 are errors."):
        outputs = student.run(with_dropout, layer.weight, layer.A, layer.B, layer.alpha, x, 1.0)
    expect_close(
        outputs["train"],
        base,
        what="The output with the dropout 1, which must be the base's,",
        mistakes={
            "dropout is used as the probability of keeping an entry, not of zeroing it.": expected,
            "With the dropout 1 the entries are divided by zero.": torch.full_like(base, torch.nan),
        },
        **TOL_FP32,
    )


@probe
def make_layer(student, r, dropout):
    student.LoRALinear(nn.Linear(4, 3), r, 8, dropout=dropout)


@exercise("LoRALinear")
def test_bad_settings_are_errors(student, rng):
    with expect_error("ValueError", what="LoRALinear with r = 0", explained=True):
        student.run(make_layer, 0, 0.0)
    with expect_error("ValueError", what="LoRALinear with a dropout above 1", explained=True):
        student.run(make_layer, 2, 1.5)
    with expect_error("ValueError", what="LoRALinear with a dropout below 0", explained=True):
        student.run(make_layer, 2, -0.5)
    with expect_accepted(SMALLEST_RANK):
        student.run(make_layer, 1, 0.0)
    with expect_accepted("A rank above d_in or d_out is rejected, but r may exceed them."):
        student.run(make_layer, 5, 0.0)
    expect_adapter_matters(student, rng)


@exercise("LoRALinear")
def test_alpha_may_be_any_number(student, rng):
    layer, x = draw_layer(rng)
    for alpha in (-rng.randint(4, 9), 0.5):  # from -4 on alpha // r is not alpha
        layer = replace(layer, alpha=alpha)
        with expect_accepted("Only a positive alpha is accepted; it may be any number."):
            (result,) = layer.run(student, ["forward"], x)
        expect_close(
            result,
            layer.output(x),
            what="The output for an alpha that is below 0 or below 1",
            mistakes={sentence: layer.output(x, scale(alpha, layer.r)) for sentence, scale in SCALE_MISTAKES.items()},
            **TOL_FP32,
        )


@probe
def starts_after_a_seed(student, seed, weight):
    """What is trainable in two layers, each made after torch's global generator was seeded in the same way."""
    starts = []
    for _ in range(2):
        base = builders.linear(weight)
        torch.default_generator.manual_seed(seed)
        layer = student.LoRALinear(base, 2, 7)
        starts.append([tensor for tensor in layer.parameters() if tensor.requires_grad])
    return starts


@exercise("LoRALinear")
def test_the_start_comes_from_the_global_generator(student, rng):
    first, again = student.run(starts_after_a_seed, rng.randint(0, 1 << 30), rng.randn(5, 8))
    if len(first) != len(again) or not all(map(torch.equal, first, again)):
        fail(
            "The random start is not drawn from torch's global generator, so seeding that does not repeat it.",
            advice="torch.randn without a generator of your own.",
        )
    expect_adapter_matters(student, rng)


@exercise("LoRALinear")
def test_dropout_draws_for_each_entry(student, rng):
    layer, x = draw_layer(rng)
    layer, x = replace(layer, bias=None), x[:1].expand(200, -1).contiguous()
    outputs = student.run(with_dropout, layer.weight, layer.A, layer.B, layer.alpha, x, 0.5)
    expect_close(outputs["eval"], layer.output(x), what="The output in eval mode", **TOL_FP32)
    expect_close(outputs["fresh"], layer.base(x), what="The output of a fresh layer in train mode", **TOL_FP32)
    # Five entries or more have 32 masks or more: that 200 rows show two at most has probability 16**-190.
    distinct = []
    for row in outputs["train"]:
        if not any(torch.allclose(row, other, **TOL_FP32) for other in distinct):
            distinct.append(row)
    if len(distinct) == 1 and torch.allclose(outputs["train"], outputs["eval"], **TOL_FP32):
        fail("Dropout does nothing in train mode.")
    if len(distinct) == 1:
        fail("Dropout zeroes the same entries in every row; each is drawn for itself.")
    if len(distinct) == 2:
        fail("Dropout zeroes all of a row or nothing; each entry is drawn for itself.")
