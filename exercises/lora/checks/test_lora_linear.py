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
    expect_adapter_matters,
    expect_like_base,
    expect_parts,
    expect_square_merge,
    expect_unmerged,
    expect_unseeded,
    forward_mistakes,
    fresh_layers,
    merge_mistakes,
    outputs_after,
    run_fresh,
)
from torch import nn

from autograder import builders
from autograder.checks import StudentError, exercise, expect_accepted, expect_close, expect_error, fail, probe

EXAMPLE = LoRAOracle(  # the docstring's
    torch.tensor([[1.0, 2, 3, 0], [4, 5, 6, 0], [0, 0, 0, 1]]),
    torch.tensor([10.0, 20, 30]),
    torch.tensor([[1.0, 0, -1, 0], [0, 1, 0, 0]]),
    torch.tensor([[1.0, 0], [2, 1], [0, -1]]),
    alpha=6,
)


@exercise("LoRALinear")
def test_base_plus_scaled_adapter(student, rng):
    for layer, x in ((EXAMPLE, torch.tensor([[1.0, 1, 3, 2]])), draw_layer(rng)):
        (result,) = layer.run(student, ["forward"], x)
        expected = layer.output(x)
        expect_close(
            result,
            expected,
            what="The output of the docstring's example" if layer is EXAMPLE else "The output",
            mistakes={
                **forward_mistakes(layer, x),
                "The base path is missing; the output is the adapter's alone.": expected - layer.base(x),
            },
            advice="Work the docstring's example through on paper: A x, then B A x, then times alpha / r = 3.",
            **TOL_FP32,
        )


@probe
def trainable_shapes(student, weight, bias, r, alpha):
    """The shapes of what is trainable in a fresh layer, each with the smaller side first."""
    layer = student.LoRALinear(builders.linear(weight, bias), r, alpha)
    return sorted(sorted(tensor.shape) for tensor in layer.parameters() if tensor.requires_grad)


@exercise("LoRALinear")
def test_only_two_thin_matrices_are_trainable(student, rng):
    r, d_in, d_out = rng.permutation(range(2, 30))[:3]
    shapes = student.run(trainable_shapes, rng.randn(d_out, d_in), rng.randn(d_out), r, 7)
    expected = sorted([sorted([r, d_in]), sorted([d_out, r])])
    if sorted([d_out, d_in]) in shapes:
        fail("The base's weight is still trainable.", expected=expected, got=shapes)
    if [d_out] in shapes:
        fail("The base's bias is still trainable.", expected=expected, got=shapes)
    if shapes != expected:
        fail(
            "The trainable tensors are not two matrices, r×d_in and d_out×r.",
            expected=expected,
            got=shapes,
            advice="nn.Parameter for A and B; requires_grad_(False) on the base.",
        )
    # "meta" has shapes but no memory, and every machine has it
    expect_like_base(student, rng, ("float64", "cpu"), ("float64", "meta"), ("float32", "meta"))
    expect_adapter_matters(student, rng)


@exercise("LoRALinear")
def test_it_starts_as_the_base(student, rng):
    layer, x = draw_layer(rng)
    (made,) = student.run(fresh_layers, *layer.given, x, [None])
    starts = [tensor for tensor in made["starts"] if layer.r in tensor.shape]
    if len(starts) == 2 and not any(bool((tensor == 0).all()) for tensor in starts):
        fail(
            "A and B both start random, so the layer does not start as the base.",
            advice="With one of them zero, B A is zero whatever the other holds.",
        )
    if not torch.equal(made["base"], layer.given[0]):
        fail("The base's numbers are drawn anew; what it has learnt must stay.", got=made["base"])
    expect_close(
        made["fresh"],
        layer.base(x),
        what="The output of a fresh layer, which must be the base's,",
        mistakes={"The base's bias is lost.": layer.base(x) - layer.bias},
        advice="Nothing of the base may be drawn again, and B A must be zero at the start.",
        **TOL_FP32,
    )


@exercise("LoRALinear")
def test_one_matrix_starts_random(student, rng):
    layer, x = draw_layer(rng)
    first, second = run_fresh(student, layer, x, [None, None])
    random = [start for start in first["starts"] if bool((start != 0).any())]
    if first["starts"] and not random:
        fail(
            "A and B both start at zero, so neither ever gets a gradient.",
            advice="The gradient of B has A as a factor and the other way round: one of the two must not be zero.",
        )
    for rows in random:  # (r, d_in) or (r, d_out)
        if torch.allclose(rows, rows[:1].expand_as(rows), atol=1e-5):
            fail(
                "The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.",
                advice="Draw its entries, for instance with torch.randn or nn.init.kaiming_uniform_.",
            )
        same = any(rows.shape == other.shape and torch.equal(rows, other) for other in second["starts"])
        expect_unseeded(same, torch.equal(first["draw"], second["draw"]))
    # 60 entries or more, of root mean square 1 where they are torch.randn's; times sqrt(d_in) it is 20.
    wide = LoRAOracle(rng.randn(30, 400), rng.randn(30), rng.randn(2, 400), rng.randn(30, 2), alpha=7)
    (made,) = run_fresh(student, wide, rng.randn(1, 400), [None])
    if any(start.square().mean() > 2**2 for start in made["starts"]):
        fail(
            "The matrix that is not zero starts with entries larger than torch.randn's.",
            advice="Dividing by sqrt(d_in) keeps A x of the size of x; multiplying by it does not.",
        )


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
    (result,) = layer.run(student, ["forward"], x)
    expect_close(result, layer.output(x), what="The output", mistakes=forward_mistakes(layer, x), **TOL_FP32)
    d_in = x.shape[-1]
    for shape, step, sentence in (
        ((d_in,), "forward", "forward works for inputs of two dimensions only; it must take (..., d_in)."),
        ((2, 3, d_in), "forward", "forward works for inputs of two dimensions only; it must take (..., d_in)."),
        ((2, 3, d_in), "forward strided", "forward raises an error for an input that is not contiguous in memory."),
        ((0, d_in), "forward", "forward raises an error for an input without rows."),
    ):
        x = rng.randn(*shape)
        try:
            (result,) = layer.run(student, [step], x)
        except StudentError as error:
            fail(sentence, expected="an output", got=str(error))
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

    And in eval mode with A doubled. And all that it stores, before and after eval() and train(); and the input of a
    call in train mode, afterwards.
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
    layer.eval()(x)
    builders.fill(layer, 2 * A, B)
    outputs["eval, A doubled"] = layer(x)
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
    expect_close(
        outputs["eval, A doubled"],
        layer.output(x, 2 * layer.scale),
        what="The output in eval mode after A was doubled",
        mistakes={"In eval mode forward keeps B A from an earlier call; it must read A and B when called.": expected},
        **TOL_FP32,
    )

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
    with expect_accepted("The dropout 1 is rejected; only numbers outside 0 to 1 are errors.", "ValueError"):
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
def run_settings(student, weight, bias, r, A, B, alpha, x, dropout):
    """The output in eval mode of a layer with these settings, whose A and B hold these values."""
    layer = student.LoRALinear(builders.linear(weight, bias), r, alpha, dropout=dropout)
    builders.fill(layer, A, B)
    return layer.eval()(x)


@exercise("LoRALinear")
def test_bad_settings_are_errors(student, rng):
    layer, x = draw_layer(rng)
    d_out, d_in = layer.weight.shape

    def run(r, dropout):
        """Run a layer of this rank; its A and B are drawn. No alpha // r is 0."""
        rank = max(r, 1)
        mine = replace(layer, A=rng.randn(rank, d_in), B=rng.randn(d_out, rank), alpha=layer.alpha * rank)
        return mine, student.run(run_settings, mine.weight, mine.bias, r, mine.A, mine.B, mine.alpha, x, dropout)

    refused = {
        "LoRALinear with r = 0": (0, 0.0),
        "LoRALinear with a dropout above 1": (2, 1.25 + float(rng.rand())),
        "LoRALinear with a dropout below 0": (2, -0.25 - float(rng.rand())),
    }
    taken = {
        SMALLEST_RANK: (1, 0.0),
        "A rank above d_in or d_out is rejected, but r may exceed them.": (max(d_in, d_out) + rng.randint(1, 5), 0.0),
    }
    for name in rng.permutation([*refused, *taken]):  # so that counting calls doesn't tell which must fail
        if name in refused:
            with expect_error("ValueError", what=name, explained=True):
                run(*refused[name])
        else:
            with expect_accepted(name, "ValueError"):
                mine, output = run(*taken[name])
            expect_parts(output, mine, x)


@exercise("LoRALinear")
def test_alpha_may_be_any_number(student, rng):
    layer, x = draw_layer(rng)
    for alpha in (-rng.randint(4, 9), 0.5, 0):  # from -4 on alpha // r is not alpha
        layer = replace(layer, alpha=alpha)
        with expect_accepted("Only a positive alpha is accepted; it may be any number.", "ValueError"):
            (result,) = layer.run(student, ["forward"], x)
        expect_close(
            result,
            layer.output(x),
            what="The output for an alpha that is below 0, 0 or below 1",
            mistakes={sentence: layer.output(x, scale(alpha, layer.r)) for sentence, scale in SCALE_MISTAKES.items()}
            if alpha
            else {},
            **TOL_FP32,
        )


@exercise("LoRALinear")
def test_the_start_comes_from_the_global_generator(student, rng):
    layer, x = draw_layer(rng)
    first, again = run_fresh(student, layer, x, [rng.randint(0, 1 << 30)] * 2)
    if len(first["starts"]) != len(again["starts"]) or not all(map(torch.equal, first["starts"], again["starts"])):
        fail(
            "The random start is not drawn from torch's global generator, so seeding that does not repeat it.",
            advice="torch.randn without a generator of your own.",
        )


@exercise("LoRALinear")
def test_dropout_draws_for_each_entry(student, rng):
    layer, x = draw_layer(rng)
    layer, x = replace(layer, bias=None), x[:1].expand(200, -1).contiguous()
    outputs = student.run(with_dropout, layer.weight, layer.A, layer.B, layer.alpha, x, 0.5)
    expect_close(
        outputs["eval"],
        layer.output(x),
        what="The output in eval mode",
        mistakes=forward_mistakes(layer, x),
        **TOL_FP32,
    )
    expect_close(outputs["fresh"], layer.base(x), what="The output of a fresh layer in train mode", **TOL_FP32)
    # Five entries or more have 32 masks or more: that 200 rows show two at most has probability 16**-190.
    distinct, left = [], outputs["train"]
    while len(left) and len(distinct) < 3:
        distinct.append(left[0])
        left = left[~torch.isclose(left, left[0], **TOL_FP32).all(dim=-1)]
    if len(distinct) == 1 and torch.allclose(outputs["train"], outputs["eval"], **TOL_FP32):
        fail("Dropout does nothing in train mode.")
    if len(distinct) == 1:
        fail("Dropout zeroes the same entries in every row; each is drawn for itself.")
    if len(distinct) == 2:
        fail("Dropout zeroes all of a row or nothing; each entry is drawn for itself.")
