"""Hidden checks of `LoRALinear`."""

import itertools

import torch
from lora_oracles import (
    TOL_FP32,
    LoRAOracle,
    draw_layer,
    expect_adapter_matters,
    expect_like_base,
    expect_parts,
    expect_square_merge,
    expect_unmerged,
    expect_unseeded,
    forward_mistakes,
    run_fresh,
)

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@exercise("LoRALinear")
def test_a_base_without_bias(student, rng):
    layer = LoRAOracle(rng.randn(5, 8), None, rng.randn(3, 8), rng.randn(5, 3), alpha=7)
    x = rng.randn(4, 8)
    try:
        (result,) = layer.run(student, ["forward"], x)
    except StudentError as error:
        fail("The layer can't adapt a base that has no bias.", got=str(error))
    expect_close(result, layer.output(x), what="The output without bias", **TOL_FP32)


@exercise("LoRALinear")
def test_the_update_is_proportional_to_alpha(student, rng):
    weight, bias, A, B = rng.randn(9, 6), rng.randn(9), rng.randn(2, 6), rng.randn(9, 2)
    x = torch.cat([rng.randn(3, 6), torch.zeros(1, 6)])
    for alpha in (7.5, 5.0, 20):
        layer = LoRAOracle(weight, bias, A, B, alpha)
        (result,) = layer.run(student, ["forward"], x)
        expect_close(
            result,
            layer.output(x),
            what="The output for another alpha",
            mistakes=forward_mistakes(layer, x),
            rtol=1e-4,
            atol=1e-3,  # the largest update is ten times that of the other checks
        )


@exercise("LoRALinear")
def test_a_rank_above_both_sides(student, rng):
    weight, bias, x = rng.randn(4, 3), rng.randn(4), rng.randn(5, 3)
    for r in (1, 6):
        layer = LoRAOracle(weight, bias, rng.randn(r, 3), rng.randn(4, r), alpha=7)
        (result,) = layer.run(student, ["forward"], x)
        expect_close(result, layer.output(x), what="The output for a very small or large rank", **TOL_FP32)


@exercise("LoRALinear")
def test_the_bases_dtype_is_kept(student, rng):
    expect_like_base(student, rng, ("float64", "cpu"), ("bfloat16", "cpu"))
    for name, tolerance in (("float64", 1e-9), ("bfloat16", 0.1)):  # bf16: 2**-8 of sums of size 10
        dtype = getattr(torch, name)
        weight, bias, x = rng.randn(5, 6).to(dtype), rng.randn(5).to(dtype), rng.randn(4, 6).to(dtype)
        A, B = rng.randn(2, 6).to(dtype) / 4, rng.randn(5, 2).to(dtype) / 4
        (result,) = LoRAOracle(weight, bias, A, B, 3).run(student, ["forward"], x)
        if result.dtype != dtype:
            fail("The output does not have the base's dtype.", expected=dtype, got=result.dtype)
        in_double = LoRAOracle(weight.double(), bias.double(), A.double(), B.double(), 3)
        expect_close(
            result.double(),
            in_double.output(x.double()),
            what="The output in the base's dtype",
            rtol=0,
            atol=tolerance,
        )


@exercise("LoRALinear")
def test_the_bases_device_is_kept(student, rng):
    # The device "meta" has shapes but no memory, and every machine has it.
    expect_like_base(student, rng, ("bfloat16", "meta"), ("float64", "meta"))
    expect_adapter_matters(student, rng)


@exercise("LoRALinear")
def test_every_layer_draws_its_own_start(student, rng):
    layer, x = draw_layer(rng)
    seed, other_seed = rng.randint(0, 1 << 29), rng.randint(1 << 29, 1 << 30)
    made = run_fresh(student, layer, x, [seed, None, other_seed])
    starts = [[start for start in one["starts"] if bool((start != 0).any())] for one in made]
    for rows in itertools.chain(*starts):  # (r, d)
        if torch.equal(rows, rows[:1].expand_as(rows)):
            fail("The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1.")
    same = any(
        one.shape == other.shape and torch.equal(one, other)
        for pair in itertools.combinations(starts, 2)
        for one, other in itertools.product(*pair)
    )
    expect_unseeded(same, torch.equal(made[0]["draw"], made[2]["draw"]))
    if any(len(random) != 1 for random in starts):
        fail("Exactly one of A and B must start at zero.")


@probe
def train_a_step(student, weight, bias, alpha, x, direction, rate):
    """One SGD step on everything the layer calls a parameter; the trainable tensors before and after, the output."""
    layer = student.LoRALinear(builders.linear(weight, bias), 2, alpha)
    trained = [tensor for tensor in layer.parameters() if tensor.requires_grad and 2 in tensor.shape]
    layer.delta()  # what it gives now must not be kept
    before = [tensor.detach().clone() for tensor in trained]
    optimizer = torch.optim.SGD(layer.parameters(), lr=rate)
    (layer(x) * direction).sum().backward()
    optimizer.step()
    return {"before": before, "after": trained, "output": layer(x), "delta": layer.delta()}


@exercise("LoRALinear", points=2)
def test_the_first_step_moves_only_the_zero_matrix(student, rng):
    weight, bias, x, direction = rng.randn(6, 9), rng.randn(6), rng.randn(4, 9), rng.randn(4, 6)
    step = student.run(train_a_step, weight, bias, 7, x, direction, 0.1)
    pairs = list(zip(step["before"], step["after"], strict=True))
    if len(pairs) != 2:
        fail("The trainable tensors are not two matrices, r×d_in and d_out×r.")
    zero = [pair for pair in pairs if not pair[0].any()]
    other = [pair for pair in pairs if pair[0].any()]
    if len(zero) != 1:
        fail("Exactly one of A and B must start at zero.")
    if torch.equal(*zero[0]):
        fail("The first training step moves nothing.")
    if not torch.equal(*other[0]):
        fail("The first training step moves both matrices; while one is zero, the other has no gradient.")
    trained = LoRAOracle(weight, bias, *a_and_b(step["after"], 9, 6), alpha=7)
    expect_close(
        step["output"],
        trained.output(x),
        what="The output after one training step, computed from the trained A and B,",
        advice="Either the base moved, or forward does not use what was trained.",
        **TOL_FP32,
    )
    expect_close(
        step["delta"],
        trained.delta,
        what="delta() after one training step",
        mistakes={"delta() shows the start, not what has been trained since.": torch.zeros(6, 9)},
        **TOL_FP32,
    )


def a_and_b(matrices, d_in, d_out):
    """A (r, d_in) and B (d_out, r) from the two of them in any order, each as it is or transposed."""
    A = next(matrix if matrix.shape[1] == d_in else matrix.T for matrix in matrices if d_in in matrix.shape)
    B = next(matrix if matrix.shape[0] == d_out else matrix.T for matrix in matrices if d_out in matrix.shape)
    return A, B


@probe
def slope_of_cubes(student, weight, A, B, alpha, x, direction_A, direction_B):
    """The output h, and the slope of sum(h³) along a direction in A and B by the layer's own gradients."""
    layer = student.LoRALinear(builders.linear(weight), A.shape[0], alpha)
    builders.fill(layer, A, B)
    output, slope = layer(x), 0.0
    if output.requires_grad:
        output.pow(3).sum().backward()
    for parameter in layer.parameters():
        for direction in (direction_A, direction_A.T, direction_B, direction_B.T):
            if parameter.grad is not None and parameter.shape == direction.shape:
                slope += float((parameter.grad * direction).sum())
    return {"output": output, "slope": slope}


@exercise("LoRALinear")
def test_the_gradient_of_a_curved_loss(student, rng):
    double = {"dtype": torch.float64}
    weight, A, B, x = (rng.randn(*size, **double) for size in ((4, 7), (2, 7), (4, 2), (3, 7)))
    layer = LoRAOracle(weight, None, A, B, alpha=3)
    directions = rng.randn(2, 7, **double), rng.randn(4, 2, **double)
    found = student.run(slope_of_cubes, *(weight, A, B, 3), x, *directions)
    scale = expect_parts(found["output"], layer, x)
    # h = W x + scale · B A x, so dh = scale · (dB A + B dA) x; the slope is the sum of 3 h² dh.
    change = scale * x @ (directions[1] @ A + B @ directions[0]).T  # (3, d_out)
    expect_close(
        found["slope"],
        float((3 * layer.output(x, scale) ** 2 * change).sum()),
        what="The slope of a loss by the gradients of A and B",
        rtol=1e-6,
        atol=1e-3,
    )


@exercise("LoRALinear")
def test_merging_a_square_layer(student, rng):
    expect_square_merge(student, rng, rng.randint(5, 9), rng.choice([5, 3, 9]))


@exercise("LoRALinear")
def test_merging_leaves_the_layer_trainable(student, rng):
    layer = LoRAOracle(rng.randn(5, 8), None, rng.randn(3, 8), rng.randn(5, 3), alpha=7)
    expect_unmerged(student, layer, rng.randn(4, 8), times=20)


@probe
def run_merged(student, weight, bias, A, B, alpha, x):
    """The output of a merged layer, and the floating-point operations that it takes."""
    from torch.utils.flop_counter import FlopCounterMode

    layer = student.LoRALinear(builders.linear(weight, bias), A.shape[0], alpha)
    builders.fill(layer, A, B)
    layer.merge()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        output = layer(x)
    return {"output": output, "operations": counter.get_total_flops()}


@exercise("LoRALinear")
def test_merged_costs_what_the_base_costs(student, rng):
    d_in, d_out = rng.permutation(range(4, 30))[:2]
    layer = LoRAOracle(rng.randn(d_out, d_in), rng.randn(d_out), rng.randn(2, d_in), rng.randn(d_out, 2), alpha=7)
    x = rng.randn(4, d_in)
    merged = student.run(run_merged, *layer.given, x)
    expect_parts(merged["output"], layer, x)
    of_the_base = 2 * 4 * d_in * d_out  # a multiplication and an addition for each entry of W and each row
    if merged["operations"] == of_the_base + 2 * 4 * 2 * (d_in + d_out):
        fail("A merged layer still computes the adapter; merging must put the update into the weight.")
    if merged["operations"] > of_the_base:
        fail("A merged layer computes more than the base's one matrix product.")
    expect_equal(merged["operations"], of_the_base, what="The number of operations of a merged layer")


@probe
def switch_modes(student, weight, bias, A, B, alpha, x):
    """For eval() and then train(): the output, and that once A and B are cleared and before they are filled again."""
    layer = student.LoRALinear(builders.linear(weight, bias), A.shape[0], alpha)
    builders.fill(layer, A, B)
    found = []
    for training in (False, True):
        layer.train(training)
        outputs = [layer(x)]
        builders.fill(layer, 0 * A, 0 * B)
        found.append([*outputs, layer(x)])
        builders.fill(layer, A, B)
    return found


@exercise("LoRALinear")
def test_switching_modes_changes_no_weight(student, rng):
    layer = LoRAOracle(rng.randn(5, 8), None, rng.randn(2, 8), rng.randn(5, 2), alpha=7)
    x = rng.randn(4, 8)
    evaluating, training = student.run(switch_modes, *layer.given, x)
    for output, cleared in (evaluating, training):
        expect_parts(output, layer, x)
        expect_close(
            cleared,
            layer.base(x),
            what="The output in eval or train mode, with A and B set to zero,",
            mistakes={
                "In eval or train mode the output does not follow A and B: B A is kept, or was added to the weight.": (
                    layer.output(x)
                )
            },
            **TOL_FP32,
        )


@probe
def run_with_dropout(student, weight, bias, A, B, alpha, x, dropout):
    """The output in eval mode, that in train mode with dropout, and the input afterwards."""
    layer = student.LoRALinear(builders.linear(weight, bias), A.shape[0], alpha, dropout=dropout)
    builders.fill(layer, A, B)
    given = x.clone()
    return {"eval": layer.eval()(x.clone()), "output": layer.train()(given), "input": given}


@exercise("LoRALinear")
def test_dropout_zeroes_entries_of_the_adapters_input(student, rng):
    # With three inputs there are eight masks: every row must be one of them, exactly.
    layer = LoRAOracle(rng.randn(5, 3), None, rng.randn(2, 3), rng.randn(5, 2), alpha=7)
    x, dropout = rng.randn(200, 3), 0.25
    after = student.run(run_with_dropout, *layer.given, x, dropout)
    if not torch.equal(after["input"], x):
        fail("Dropout changes the layer's input in place.")
    expected = layer.output(x)
    expect_close(
        after["eval"], expected, what="The output in eval mode", mistakes=forward_mistakes(layer, x), **TOL_FP32
    )
    if torch.allclose(after["output"], expected, **TOL_FP32):
        fail("Dropout does nothing in train mode.")
    masks = torch.tensor(list(itertools.product((0.0, 1.0), repeat=3)))  # (8, 3)

    def share_explained(factor, of_base=False):
        """The share of rows that some mask explains, where kept entries are multiplied by `factor`; which."""
        dropped = factor * masks * x[:, None]  # (200, 8, 3)
        candidates = layer.base(dropped if of_base else x[:, None]) + dropped @ layer.delta.T  # (200, 8, d_out)
        distance = (after["output"][:, None] - candidates).abs().amax(-1)  # (200, 8)
        return distance.amin(1).lt(1e-3).float().mean(), masks[distance.argmin(1)]

    explained, found = share_explained(1 / (1 - dropout))
    if explained < 1:
        if share_explained(1.0)[0] == 1:
            fail("The entries that dropout keeps are not divided by 1 - dropout.")
        if share_explained(1 / dropout)[0] == 1:
            fail("dropout is used as the probability of keeping an entry, not of zeroing it.")
        if share_explained(1 / (1 - dropout), of_base=True)[0] == 1:
            fail("Dropout reaches the base path, so the frozen model itself is disturbed.")
        fail("Dropout acts somewhere else than on the adapter's input.")
    # 600 entries, each kept with probability 0.75: six standard deviations are 6 · sqrt(0.75 · 0.25 / 600) = 0.106.
    if (found == found[0]).all():
        fail("Dropout zeroes the same entries in every row; each is drawn for itself.")
    if abs(found.mean() - 0.75) > 0.106:
        fail("Dropout zeroes the wrong share of the entries.")
