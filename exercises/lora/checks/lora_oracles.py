"""What several checks of the lesson on memory and LoRA share.

Sizes are chosen so that no matrix is square and r differs from both sides: then the shape of a
trainable tensor tells A from B, and a transposed product can't go unnoticed. alpha is never r."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import nn

from autograder import builders
from autograder.checks import (
    AnyOf,
    StudentError,
    expect_accepted,
    expect_close,
    expect_equal,
    expect_error,
    fail,
    probe,
)

# Sums of about ten products of size 10 in fp32 round by less than 10 * 10 * 6e-8 = 6e-6; mistakes move things by 0.1.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-4}

# What the updates of a whole model may be multiplied by in place of alpha / r.
MODEL_SCALE_MISTAKES = {
    "The model's adapters are added without the factor alpha / r.": lambda alpha, r: 1,
    "The model's adapters are multiplied by alpha but not divided by r.": lambda alpha, r: alpha,
}

# What the update of one layer may be multiplied by in place of alpha / r.
SCALE_MISTAKES = {
    "The update is added without the factor alpha / r.": lambda alpha, r: 1,
    "The update is multiplied by alpha but not divided by r.": lambda alpha, r: alpha,
    "It scales by alpha / sqrt(r), which is rsLoRA; here it is alpha / r.": lambda alpha, r: alpha / r**0.5,
    "It scales by r / alpha, the wrong way round.": lambda alpha, r: r / alpha,
    "alpha // r drops the fraction; alpha / r need not be a whole number.": lambda alpha, r: alpha // r,
    "alpha is cut to a whole number.": lambda alpha, r: alpha // 1 / r,
}

MERGE_CHANGES_ADAPTER = "merge() or unmerge() changes A or B; after both the adapter is what it was."

SAME_START = "Every layer starts with the same numbers: they are drawn from a generator whose seed is fixed."

SMALLEST_RANK = "The rank 1 is rejected; only an r below 1 is an error."


# --- errors ---------------------------------------------------------------------------------------------------------


def expect_refused_and_taken(rng, refused, take, expected, *, what: str) -> None:
    """Fail unless each of the (name, call) pairs raises ValueError with a message, and `take()` gives `expected`.

    In an order that is drawn, so that counting calls doesn't tell which of them must fail.
    """
    for name, call in rng.permutation([*refused, (None, take)]):
        if name is None:
            expect_close(call(), expected, what=what)
        else:
            with expect_error("ValueError", what=name, explained=True):
                call()


# --- memory ---------------------------------------------------------------------------------------------------------


def parts(weights, scales, gradients, optimizer, adapter):
    """The dict of bytes that memory_estimate returns; total is the sum of the others."""
    found = {
        "weights": weights,
        "scales": scales,
        "gradients": gradients,
        "optimizer": optimizer,
        "adapter": adapter,
    }
    return {**found, "total": sum(found.values())}


# --- one layer ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LoRAOracle:
    """A linear layer with a given A and B, and what LoRA computes from them: h = x Wᵀ + b + (alpha / r) · x (B A)ᵀ."""

    weight: torch.Tensor  # W (d_out, d_in)
    bias: torch.Tensor | None  # b (d_out,)
    A: torch.Tensor  # (r, d_in)
    B: torch.Tensor  # (d_out, r)
    alpha: float

    @property
    def r(self) -> int:
        return self.A.shape[0]

    @property
    def scale(self) -> float:
        return self.alpha / self.r

    @property
    def product(self) -> torch.Tensor:
        """B A (d_out, d_in), without the factor alpha / r."""
        return self.B @ self.A

    @property
    def delta(self) -> torch.Tensor:
        """(alpha / r) · B A, shape (d_out, d_in)."""
        return self.scale * self.product

    def base(self, x: torch.Tensor) -> torch.Tensor:
        """x Wᵀ + b: (..., d_in) → (..., d_out)."""
        hidden_states = x @ self.weight.T
        return hidden_states if self.bias is None else hidden_states + self.bias

    def output(self, x: torch.Tensor, scale: float | None = None) -> torch.Tensor:
        """x Wᵀ + b + scale · x (B A)ᵀ: (..., d_in) → (..., d_out); None is the right scale, alpha / r."""
        scale = self.scale if scale is None else scale
        return self.base(x) + scale * x @ self.product.T

    def run(self, student, steps, x):
        """What the student's layer with these weights gives at each of the steps (see `run_layer`)."""
        return student.run(run_layer, *self.given, x, steps)

    @property
    def given(self) -> tuple:
        """What a probe makes the student's layer from."""
        return self.weight, self.bias, self.A, self.B, self.alpha


def draw_layer(rng) -> tuple[LoRAOracle, torch.Tensor]:
    """A layer of drawn size, neither alpha nor alpha // r a whole number, and an input x (4, d_in)."""
    d_in, d_out = rng.choice([(5, 8), (9, 6)])
    r, alpha = rng.choice([(2, 7.5), (3, 11.5), (2, 11.5), (3, 7.5)])
    weight, bias = rng.randn(d_out, d_in), rng.randn(d_out)
    A, B = rng.randn(r, d_in), rng.randn(d_out, r)
    return LoRAOracle(weight, bias, A, B, alpha), rng.randn(4, d_in)


def forward_mistakes(layer: LoRAOracle, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """What mistakes of `forward` give for x, which every check can meet that looks at outputs."""
    found = {sentence: layer.output(x, scale(layer.alpha, layer.r)) for sentence, scale in SCALE_MISTAKES.items()}
    if layer.bias is not None:
        found["The base's bias is lost."] = layer.output(x) - layer.bias
        found["The base's bias is added twice."] = layer.output(x) + layer.bias
    return {**found, "The adapter is there, but forward does not use its trainable tensors.": layer.base(x)}


def merge_mistakes(layer: LoRAOracle, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """What mistakes of `merge` give for x, in a layer whose output was right before."""
    found = {
        "merge() leaves the adapter running, so the update counts twice.": layer.output(x, 2 * layer.scale),
        "merge() adds B A without the factor alpha / r.": layer.output(x, 1),
        "merge() adds B A without the factor alpha / r, and the adapter still runs.": layer.output(x, 1 + layer.scale),
        "merge() switches the adapter off without adding the update to the weight.": layer.base(x),
    }
    return found if layer.bias is None else {**found, "merge() loses the base's bias.": layer.output(x) - layer.bias}


def outputs_after(student, rng, *steps):
    """A drawn layer, its input, and what the student's gives at those steps.

    Its output must be right before them: then what is wrong afterwards is what they did.
    """
    layer, x = draw_layer(rng)
    before, *after = layer.run(student, ["forward", *steps], x)
    expect_close(
        before, layer.output(x), what="The output before merging", mistakes=forward_mistakes(layer, x), **TOL_FP32
    )
    return layer, x, after


@probe
def run_layer(student, weight, bias, A, B, alpha, x, steps):
    """What `forward` and `delta` give at each of those steps, of a layer whose A and B hold these values."""
    layer = student.LoRALinear(builders.linear(weight, bias), A.shape[0], alpha)
    if "delta" in steps:
        layer.delta()  # what it gives now must not be kept
    builders.fill(layer, A, B)
    results = []
    for step in steps:
        if step == "forward":
            results.append(layer(x))
        elif step == "forward strided":  # the same numbers, a column after the other
            results.append(layer(x.mT.contiguous().mT))
        elif step == "delta":
            results.append(layer.delta())
        elif step == "clear":
            builders.fill(layer, 0 * A, 0 * B)
        else:  # merge or unmerge
            getattr(layer, step)()
    return results


def expect_adapter_matters(student, rng):
    """Fail unless the output of a drawn layer holds W x once and B A x, see `expect_parts`."""
    layer, x = draw_layer(rng)
    (output,) = layer.run(student, ["forward"], x)
    expect_parts(output, layer, x)


def factors_of(output, layer: LoRAOracle, x: torch.Tensor) -> dict[str, float] | None:
    """By what W x, B A x and b are multiplied in the output; None where it is no such sum."""
    parts = {"W x": x @ layer.weight.T, "B A x": x @ layer.product.T}
    if layer.bias is not None:
        parts["b"] = layer.bias.expand_as(parts["W x"])
    if not isinstance(output, torch.Tensor) or output.shape != parts["W x"].shape or not output.isfinite().all():
        return None
    columns = torch.stack([part.flatten() for part in parts.values()], dim=1).double()
    column = output.detach().reshape(-1, 1).double()
    factors = torch.linalg.lstsq(columns, column).solution  # of least squares, (2 or 3, 1)
    if not torch.allclose(columns @ factors, column, **TOL_FP32):
        return None
    return dict(zip(parts, factors.flatten().tolist(), strict=True))


def expect_parts(output, layer: LoRAOracle, x: torch.Tensor) -> float:
    """Fail unless the output is W x, and a multiple of b, and one of B A x that is not 0; gives the last.

    For what a layer only says of itself (shapes, starts, errors): one that ignores A and B can say that too, and one
    that only scales wrongly is told so by other checks.
    """
    factors = factors_of(output, layer, x)
    if factors is None:
        fail("The output is not a combination of W x, b and B A x.")
    if abs(factors["W x"]) < 0.01:
        fail("The base path is missing; the output is the adapter's alone.")
    if abs(factors["W x"] - 1) > 0.01:
        fail("The output does not hold W x once.")
    if abs(factors["B A x"]) < 0.01:
        fail("The output does not depend on A and B.")
    return factors["B A x"]


@probe
def fresh_layers(student, weight, bias, A, B, alpha, x, seeds):
    """For each seed a layer that is made after it; None seeds nothing. And torch's next random number after each.

    Of a layer what is trainable of it as it starts, its output then, and once A and B fill what is zero; and the weight
    of its base as it starts.
    """
    found = []
    for seed in seeds:
        base = builders.linear(weight, bias)
        if seed is not None:
            torch.default_generator.manual_seed(seed)
        layer = student.LoRALinear(base, A.shape[0], alpha)
        draw = torch.rand(())
        trainable = [tensor for tensor in layer.parameters() if tensor.requires_grad]
        starts, fresh = [tensor.detach().clone() for tensor in trainable], layer(x)
        now = base.weight.detach().clone()
        with torch.no_grad():
            for tensor in trainable:
                for values in (A, A.T, B, B.T):
                    if tensor.shape == values.shape and not tensor.any():
                        tensor.copy_(values)
        found.append({"starts": starts, "draw": draw, "fresh": fresh, "filled": layer(x), "base": now})
    return found


def expect_unseeded(same_start: bool, same_draw: bool) -> None:
    """Fail if two layers start with the same numbers; say whether torch's next random number is the same after both."""
    if same_draw:
        fail(
            "It seeds torch's random generator itself, so every layer starts with the same numbers.",
            advice="Leave out torch.manual_seed: a seed is set once, by whoever trains.",
        )
    if same_start:
        fail(SAME_START, advice="torch.randn without a generator of your own.")


def run_fresh(student, layer: LoRAOracle, x: torch.Tensor, seeds) -> list[dict]:
    """What `fresh_layers` gives, and the output is made with those starts: "starts" holds those with r rows, (r, d)."""
    found = student.run(fresh_layers, *layer.given, x, seeds)
    for one in found:
        starts = [tensor for tensor in one["starts"] if tensor.ndim == 2 and layer.r in tensor.shape]
        one["starts"] = [tensor if tensor.shape[0] == layer.r else tensor.T for tensor in starts]
        matrices = {"A": layer.A, "B": layer.B.T}
        for name, filled in matrices.items():
            for start in one["starts"]:
                if start.shape == filled.shape and start.any():
                    matrices[name] = start
        expect_parts(one["filled"], replace(layer, A=matrices["A"], B=matrices["B"].T), x)
    return found


@probe
def merge_often(student, weight, bias, A, B, alpha, x, times):
    """A layer as it is and after rounds of merge and unmerge: output, what is trainable (all its numbers in order of
    size, its shapes), the shapes of what learns.
    """
    layer = student.LoRALinear(builders.linear(weight, bias), A.shape[0], alpha)
    builders.fill(layer, A, B)

    def state():
        output = layer(x)
        trainable = [tensor for tensor in layer.parameters() if tensor.requires_grad]
        grads = [None] * len(trainable)
        if output.requires_grad:
            grads = torch.autograd.grad(output.sum(), trainable, allow_unused=True)
        held = torch.cat([torch.zeros(0), *(tensor.detach().flatten() for tensor in trainable)])
        moving = [
            tensor.shape for tensor, grad in zip(trainable, grads, strict=True) if grad is not None and bool(grad.any())
        ]
        return {
            "output": output,
            "held": held.sort().values,
            "trainable": [tuple(tensor.shape) for tensor in trainable],
            "moving": [sorted(shape) for shape in moving],
        }

    before = state()
    for _ in range(times):
        layer.merge()
        layer.unmerge()
    return {"before": before, "after": state()}


def expect_unmerged(student, layer: LoRAOracle, x: torch.Tensor, times: int) -> None:
    """Fail unless rounds of merge and unmerge leave the student's layer as it was, and trainable."""
    result = student.run(merge_often, *layer.given, x, times)
    before, after = result["before"], result["after"]
    if tuple(layer.weight.shape) in before["trainable"]:
        fail("The base's weight is still trainable.")
    expect_close(
        before["output"],
        layer.output(x),
        what="The output before merging",
        mistakes=forward_mistakes(layer, x),
        **TOL_FP32,
    )
    for name, matrix in (("A", layer.A), ("B", layer.B)):
        if sorted(matrix.shape) not in before["moving"]:
            fail(f"{name} gets no gradient: it takes part in forward only through a detached copy.")
    if after["trainable"] == before["trainable"] and not torch.equal(after["held"], before["held"]):
        fail(MERGE_CHANGES_ADAPTER)
    expect_close(
        after["output"],
        layer.output(x),
        what="The output after merge() and unmerge()",
        mistakes={
            "unmerge() starts the adapter again but leaves the update in the weight.": (
                layer.output(x, (1 + times) * layer.scale)
            ),
            "unmerge() subtracts B A without the factor alpha / r.": (
                layer.output(x, layer.scale + times * (layer.scale - 1))
            ),
            "unmerge() takes the update out of the weight but does not start the adapter again.": layer.base(x),
            "unmerge() adds the update instead of subtracting it.": layer.output(x, (1 + 2 * times) * layer.scale),
        },
        **TOL_FP32,
    )
    if tuple(layer.weight.shape) in after["trainable"]:
        fail("merge() or unmerge() makes the base's weight trainable.")
    if any(sorted(matrix.shape) not in after["moving"] for matrix in (layer.A, layer.B)):
        fail("After merge() and unmerge() the adapter can't be trained any more.")


@probe
def merge_square_layer(student, weight, first, second, alpha, x):
    """delta() of a square layer, and its outputs as it is, merged, and unmerged again; delta() then.

    On a square layer shapes don't tell A from B: `first` (r, d) goes into whichever parameter comes first.
    """
    layer = student.LoRALinear(builders.linear(weight), first.shape[0], alpha)
    trainable = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    with torch.no_grad():
        for parameter, values in zip(trainable, (first, second), strict=False):
            if parameter.shape in (values.shape, values.T.shape):
                parameter.copy_(values if parameter.shape == values.shape else values.T)
    delta, outputs = layer.delta(), [layer(x)]
    layer.merge()
    outputs.append(layer(x))
    layer.unmerge()
    outputs.append(layer(x))
    return {"delta": delta, "delta_after": layer.delta(), "outputs": outputs}


def expect_square_merge(student, rng, d: int, alpha: float) -> None:
    """Fail unless a layer from d to d computes with W + delta(), merged or not."""
    weight, first, second, x = rng.randn(d, d), rng.randn(2, d), rng.randn(2, d), rng.randn(4, d)
    merging = student.run(merge_square_layer, weight, first, second, alpha, x)
    delta, (before, merged, unmerged) = merging["delta"], merging["outputs"]
    layers = [LoRAOracle(weight, None, *matrices, alpha) for matrices in ((first, second.T), (second, first.T))]
    if not any(torch.allclose(before, layer.output(x), **TOL_FP32) for layer in layers):
        for layer in layers:  # whichever of the two is A: of its mistakes one may be the student's
            known = forward_mistakes(layer, x)
            if any(torch.allclose(before, wrong, **TOL_FP32) for wrong in known.values()) or layer is layers[-1]:
                expect_close(before, layer.output(x), what="The output of a square layer", mistakes=known, **TOL_FP32)
    layer = next(layer for layer in layers if torch.allclose(before, layer.output(x), **TOL_FP32))
    expect_close(delta, layer.delta, what="delta() of a square layer", mistakes=delta_mistakes(layer), **TOL_FP32)
    expect_close(
        merged,
        before,
        what="The output of a square layer after merging",
        mistakes={
            "merge() adds the update transposed, which raises no error on a square layer.": layer.base(x) + x @ delta,
            **merge_mistakes(layer, x),
        },
        **TOL_FP32,
    )
    if not torch.allclose(merging["delta_after"], delta, **TOL_FP32):
        fail(MERGE_CHANGES_ADAPTER, expected=delta, got=merging["delta_after"])
    expect_close(
        unmerged,
        before,
        what="The output of a square layer after merge() and unmerge()",
        **TOL_FP32,
    )


def delta_mistakes(layer: LoRAOracle) -> dict[str, torch.Tensor]:
    """What mistakes of `delta` give."""
    return {
        "delta() is transposed: it must be (d_out, d_in), like the weight.": layer.delta.T,
        "delta() lacks the factor alpha / r.": layer.product,
        "delta() holds the whole merged weight, not what the adapter adds.": layer.weight + layer.delta,
        "delta() is multiplied by alpha but not divided by r.": layer.alpha * layer.product,
        **{
            sentence: scale(layer.alpha, layer.r) * layer.product
            for sentence, scale in list(SCALE_MISTAKES.items())[2:]  # the first two are above
        },
        "delta() shows the start, not what has been trained since.": torch.zeros_like(layer.delta),
    }


@probe
def trainable_tensors(student, d_in, d_out, r, kinds):
    """(dtype, device, entries) of each trainable tensor of a layer, for each dtype and device of its base."""
    found = []
    for dtype, device in kinds:
        layer = student.LoRALinear(nn.Linear(d_in, d_out, dtype=getattr(torch, dtype), device=device), r, 7)
        trainable = [tensor for tensor in layer.parameters() if tensor.requires_grad]
        found.append([(str(tensor.dtype), str(tensor.device), tensor.numel()) for tensor in trainable])
    return found


def expect_like_base(student, rng, *kinds: tuple[str, str]) -> None:
    """Fail unless A and B have the dtype and device of their base."""
    r, d_in, d_out = rng.permutation(range(2, 30))[:3]
    kinds = rng.permutation(kinds)
    for (dtype, device), tensors in zip(kinds, student.run(trainable_tensors, d_in, d_out, r, kinds), strict=True):
        if any(kind != f"torch.{dtype}" for kind, _, _ in tensors):
            fail("A and B do not take the base's dtype.")
        if any(where != device for _, where, _ in tensors):
            fail("A and B do not go to the base's device, so the layer fails on a GPU.")
        if sorted(size for _, _, size in tensors) != sorted([r * d_in, d_out * r]):
            fail("The trainable tensors are not two matrices, r×d_in and d_out×r.")


# --- whole models ---------------------------------------------------------------------------------------------------


@probe
def small_models(student, weight, bias, modes, gradients, cases, x):
    """For each (targets, r, A, B) a small model after apply_lora: what a ValueError says, and what is left of it.

    Its modules are in these modes (train is True), its tensors have these gradients, None freezes one. Where there was
    no error A and B are filled in before the output of the layer fc is taken.
    """
    found = []
    for targets, r, A, B in cases:
        (d_out, d_in), message = weight.shape, None
        model = nn.ModuleDict({"fc": builders.linear(weight, bias), "wte": nn.Embedding(d_in, d_out)})
        model["norm"] = nn.LayerNorm(d_out)
        model["block"] = nn.ModuleDict({"0": nn.Linear(d_out, d_in), "norm": nn.Linear(d_in, 3, bias=False)})
        layers, tensors = list(model.modules()), list(model.parameters())
        for layer, mode in zip(layers, modes, strict=True):
            layer.training = mode
        for tensor, gradient in zip(tensors, gradients, strict=True):
            tensor.grad = None if gradient is None else torch.full_like(tensor, gradient)
            tensor.requires_grad_(gradient is not None)
        try:
            student.apply_lora(model, targets, r, 7)
            builders.fill(model, A, B)
        except ValueError as error:
            message = str(error)
        found.append(
            {
                "message": message,
                "layers": [(name, type(layer).__name__) for name, layer in model.named_modules()],
                "modes": [layer.training for layer in layers],
                "trainable": [tensor.requires_grad for tensor in tensors],
                "gradients": [None if tensor.grad is None else float(tensor.grad.flatten()[0]) for tensor in tensors],
                "adapted": [name for name, tensor in model.named_parameters() if tensor.requires_grad],
                "output": model["fc"](x),
            }
        )
    return found


SMALL_MODEL = {
    "": "ModuleDict",
    "fc": "Linear",
    "wte": "Embedding",
    "norm": "LayerNorm",
    "block": "ModuleDict",
    "block.0": "Linear",
    "block.norm": "Linear",
}


def expect_refused_targets(student, rng, refused, taken=((["fc"], 2),)) -> None:
    """Fail unless apply_lora raises ValueError for each (targets, r, bad target or None) and leaves the model alone.

    And takes the (targets, r) in `taken`, all in an order that is drawn.
    """
    d_in, d_out = rng.permutation(range(8, 20))[:2]
    weight, bias, x = rng.randn(d_out, d_in), rng.randn(d_out), rng.randn(4, d_in)
    modes = rng.permutation([True] * 4 + [False] * 3)
    gradients = rng.permutation([None] * 4 + rng.rand(4).tolist())
    cases = rng.permutation([*refused, *((targets, r, True) for targets, r in taken)])
    layers = [
        LoRAOracle(weight, bias, rng.randn(max(r, 1), d_in), rng.randn(d_out, max(r, 1)), alpha=7) for _, r, _ in cases
    ]
    asked = [(targets, r, layer.A, layer.B) for (targets, r, _), layer in zip(cases, layers, strict=True)]
    results = student.run(small_models, weight, bias, modes, gradients, asked, x)

    def first_told(answer):
        """Those of what must be taken (r = 1 last), then the target that tells most."""
        _, r, bad = answer[0]
        return bad is not True, bad is True and r == 1, bad != "block"

    answers = sorted(zip(cases, layers, results, strict=True), key=first_told)
    for (_, r, bad), layer, result in answers:
        message = result["message"]
        if bad is True:
            if message is not None:
                fail(SMALLEST_RANK if r == 1 else "apply_lora rejects a target that exists.", got=message)
            expect_parts(result["output"], layer, x)
            continue
        if message is None:
            expect_no_adapter(result, bad)
        if not message.strip():
            fail("apply_lora raises ValueError without a message; it must name r or the target.")
        if dict(result["layers"]) != SMALL_MODEL or not any(result["trainable"]):
            fail("After an error the model is left half adapted or frozen.")
        if result["trainable"] != [gradient is not None for gradient in gradients]:
            fail("After an error other tensors are trainable than before.")
        if result["modes"] != modes:
            fail("After an error the model is in another mode, train or eval, than before.")
        if result["gradients"] != gradients:
            fail("After an error the model's gradients are gone.")
        expect_close(result["output"], layer.base(x), what="The output of a model after an error", **TOL_FP32)
        if bad is not None and bad not in message:
            if bad in SMALL_MODEL:
                fail("The error for a target that is not a linear layer does not name the target.", got=message)
            fail("The error for a target that matches no layer does not name the target.", got=message)


def expect_no_adapter(result, bad) -> None:
    """Fail and say what of a small model was adapted although one of the targets, `bad`, or r (None) was wrong.

    The target "c", the end of fc and a letter of block, must be the only one.
    """
    raised = {"expected": "ValueError that names r or the target", "got": "no error"}
    if bad is None:
        fail("apply_lora accepts a rank below 1.", **raised)
    if bad not in SMALL_MODEL:
        adapted = {name.split(".")[0] for name in result["adapted"]}
        if bad == "c" and "block" in adapted:
            fail("A target is looked for anywhere in the name, not at its end.", **raised)
        if bad == "c" and "fc" in adapted:
            fail("A target also matches the end of a longer word.", **raised)
        fail("A target that matches no layer raises no error.", **raised)
    if any(name.startswith(f"{bad}.0.") for name in result["adapted"]):
        fail("A target is looked for anywhere in the name, not at its end.", **raised)
    if any(name.startswith(f"{bad}.") for name in result["adapted"]) and bad == "wte":
        fail("An embedding is adapted, which is no linear layer although its weight is a matrix.", **raised)
    if bad == "norm" and any(name.startswith("block.norm.") for name in result["adapted"]):
        fail("A target that matches layers of several kinds raises no error.", **raised)
    fail("A target that is not a linear layer raises no error.", **raised)


@probe
def adapt_conv1d(student, weight, bias, A, B, alpha, x):
    """A model of one Conv1D: outputs as it starts, with A and B filled in, merged twice and unmerged twice; delta()."""
    from transformers.pytorch_utils import Conv1D

    conv1d = Conv1D(weight.shape[1], weight.shape[0])
    conv1d.load_state_dict({"weight": weight, "bias": bias})
    model = nn.ModuleDict({"attn": nn.ModuleDict({"c_proj": conv1d})})
    try:
        student.apply_lora(model, ["c_proj"], A.shape[0], alpha)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    layer = model["attn"]["c_proj"]
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    results = {"error": None, "trainable": len(trainable), "fresh": layer(x)}
    if weight.shape[0] == weight.shape[1]:  # then shapes don't tell A from B: A goes into whichever comes first
        with torch.no_grad():
            for parameter, matrix in zip(trainable, (A, B), strict=False):
                if parameter.shape in (matrix.shape, matrix.T.shape):
                    parameter.copy_(matrix if parameter.shape == matrix.shape else matrix.T)
    else:
        builders.fill(model, A, B)
    results["filled"], results["delta"] = layer(x), layer.delta()
    for step in ("merge", "unmerge"):
        for _ in range(2):
            getattr(layer, step)()
        results[step] = layer(x)
    return results


def run_conv1d(student, *given):
    """What `adapt_conv1d` gives; apply_lora must take a Conv1D and make two tensors trainable."""
    results = student.run(adapt_conv1d, *given)
    if results["error"] is not None:
        fail("apply_lora fails on Conv1D, GPT-2's kind of linear layer.", got=results["error"])
    if results["trainable"] != 2:
        fail("An adapted layer must have two trainable tensors of its own.", expected=2, got=results["trainable"])
    return results


def expect_square_conv1d(student, rng, d: int) -> None:
    """Fail unless a Conv1D from d to d, on which a forgotten transpose raises nothing, computes as it should."""
    weight, bias, x = rng.randn(d, d), rng.randn(d), rng.randn(4, d)
    results = run_conv1d(student, weight, bias, rng.randn(2, d), rng.randn(2, d).T, 7, x)
    base, delta = x @ weight + bias, results["delta"]
    expect_close(
        results["fresh"],
        base,
        what="The output of an adapted square Conv1D before training",
        mistakes={
            "A Conv1D's weight is used as if it were nn.Linear's, without transposing it.": x @ weight.T + bias,
            "The bias of a Conv1D is lost.": base - bias,
        },
        **TOL_FP32,
    )
    expect_close(
        results["filled"],
        base + x @ delta.T,
        what="The output of a square Conv1D, against delta(),",
        mistakes={
            "delta() of a Conv1D is transposed; it must be (d_out, d_in) there too.": base + x @ delta,
            "The model computes as it did without adapters.": base,
        },
        **TOL_FP32,
    )
    expect_close(
        results["merge"],
        results["filled"],
        what="The output of a square Conv1D after merging",
        mistakes={"merge() adds the update to a Conv1D without transposing it.": base + x @ delta},
        **TOL_FP32,
    )
    expect_close(
        results["unmerge"],
        results["filled"],
        what="The output of a square Conv1D after merging and unmerging",
        **TOL_FP32,
    )


@probe
def qv_elsewhere(student, seed, dtype):
    """What c_attn of a GPT-2 in that dtype computes right after lora_qv, W + b (D, 3·D), and the dtype of each tensor.

    And the devices of one on the device "meta", which has shapes but no memory; every machine has it.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).to(getattr(torch, dtype))
    meta = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).to("meta")
    student.lora_qv(model, 2, 7)
    student.lora_qv(meta, 2, 7)
    return {
        "output": model.transformer.h[0].attn.c_attn(torch.eye(16, dtype=getattr(torch, dtype))[None]),
        "dtypes": [str(tensor.dtype) for tensor in model.parameters()],
        "devices": [str(tensor.device) for tensor in meta.parameters()],
    }


def expect_qv_like_c_attn(student, rng, dtype: str, tolerance: float) -> None:
    """Fail unless the adapters of lora_qv have the dtype and device of c_attn, and c_attn computes as before."""
    seed = rng.randint(0, 1 << 30)
    try:
        start = student.run(qv_elsewhere, seed, dtype)
    except StudentError as error:
        fail("lora_qv fails on a GPT-2 of another dtype or on another device.", got=str(error))
    if set(start["dtypes"]) != {f"torch.{dtype}"}:
        fail("The adapters do not take c_attn's dtype.", got=start["dtypes"])
    if set(start["devices"]) != {"meta"}:
        fail("The adapters do not go to c_attn's device, so the model fails on a GPU.", got=start["devices"])
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).to(getattr(torch, dtype))
    with torch.no_grad():
        expected = model.transformer.h[0].attn.c_attn(torch.eye(16, dtype=getattr(torch, dtype))[None])
    expect_close(start["output"], expected, what=f"c_attn after lora_qv of a GPT-2 in {dtype}", rtol=0, atol=tolerance)


@probe
def qv_or_error(student, seed, weight, cases, x):
    """lora_qv with r = 1 of models with a layer of that name, and of a GPT-2 where a number of blocks is given, which
    has no head where that is negative.

    What it raises, or what it returns and the first c_attn of x; and how much is trainable then.
    """
    found = []
    for case in cases:
        one = {"error": None, "message": "", "returned": None, "output": None}
        if isinstance(case, int):
            model = builders.tiny_gpt2(seed, width=16, heads=2, layers=abs(case))
            gpt2 = model.transformer
            model = model if case > 0 else gpt2
        else:
            model = nn.ModuleDict({case: builders.linear(weight), "norm": nn.LayerNorm(4)})
        try:
            one["returned"] = student.lora_qv(model, 1, 7)
        except Exception as error:
            one["error"], one["message"] = type(error).__name__, str(error)
        else:
            one["output"] = gpt2.h[0].attn.c_attn(x) if isinstance(case, int) else None
        one["trainable"] = sum(tensor.numel() for tensor in model.parameters() if tensor.requires_grad)
        found.append(one)
    return found


def expect_qv_needs_gpt2(student, rng, *names: str) -> None:
    """Fail unless lora_qv raises ValueError for models with a layer of that name, and takes a GPT-2 and the rank 1."""
    seed, x, weight = rng.randint(0, 1 << 30), rng.randn(1, 3, 16), rng.randn(*rng.permutation(range(5, 30))[:2])
    cases = rng.permutation([rng.randint(2, 6), -2, *names])
    answers = dict(zip(cases, student.run(qv_or_error, seed, weight, cases, x), strict=True))
    for case in sorted(cases, key=lambda case: isinstance(case, str) or case < 0):  # the GPT-2 with head comes first
        found = answers[case]
        got = f"{found['error']}: {found['message']}" if found["error"] else "no error"
        if isinstance(case, int):  # a function that rejects everything must not pass
            if found["error"] and case < 0:
                fail("lora_qv fails on a GPT2Model, whose blocks are model.h.", expected="no error", got=got)
            if found["error"]:
                fail(SMALLEST_RANK, expected="no error", got=got)
            expect_equal(
                found["returned"],
                abs(case),
                what="What lora_qv returns, the number of blocks,",
                mistakes={
                    "lora_qv returns the number of adapters, not of blocks.": 2 * abs(case),
                    "Only the first block is adapted.": 1,
                },
            )
            with torch.no_grad():
                c_attn = builders.tiny_gpt2(seed, width=16, heads=2, layers=1).transformer.h[0].attn.c_attn
            expect_close(found["output"], c_attn(x), what="c_attn right after lora_qv", **TOL_FP32)
            continue
        if found["error"] != "ValueError":
            fail("lora_qv of a model without c_attn must raise ValueError.", expected="ValueError", got=got)
        if not found["message"].strip():
            fail("lora_qv of a model without c_attn raises ValueError without a message; say why.")
        if found["trainable"] != weight.numel() + 8:
            fail("lora_qv freezes the model before it finds that there is no c_attn; an error must leave it as it was.")


def expect_ranks(update: torch.Tensor, r: int) -> None:
    """Fail unless what was added to c_attn's weight, (D, 3·D), is of rank r for query and value, and 0 for the key."""
    query, key, value = update.chunk(3, dim=1)  # (D, D) each

    def rank(matrix):
        return int(torch.linalg.matrix_rank(matrix, atol=1e-3))

    if key.abs().max() > 1e-4:
        if query.abs().max() < 1e-4:
            fail("Keys and values change, not queries and values.")
        if value.abs().max() < 1e-4:
            fail("Queries and keys change, not queries and values.")
        fail("The keys change too; adapters belong beside query and value only.")
    if (rank(query), rank(value)) != (r, r):
        fail("The update of query or value does not have rank r.")
    if rank(torch.cat([query, value], dim=1)) != 2 * r:
        fail("Query and value share one of their matrices; each needs an A and a B of its own.")


# --- an adapter that is saved and loaded ----------------------------------------------------------------------------


def two_layers(rng, r: int = 2, draw=None, dtype=torch.float32) -> list[LoRAOracle]:
    """Layers of 6 to 5 and of 5 to 4, with a tanh between, and an adapter for each, of which `draw` gives the entries.

    By default they are quarters, so that a lower precision holds them too: whether bits are lost is one check's matter.
    """
    draw = draw or (lambda *size: rng.randint(-12, 13, size).float() / 4)
    drawn = [
        (rng.randn(d_out, d_in) / 2, rng.randn(d_out), draw(r, d_in), draw(d_out, r))
        for d_in, d_out in ((6, 5), (5, 4))
    ]
    return [LoRAOracle(*(tensor.to(dtype) for tensor in tensors), alpha=7) for tensors in drawn]


def with_adapters(layers: list[LoRAOracle], others: list[LoRAOracle]) -> list[LoRAOracle]:
    """The layers with the A and B of the others."""
    return [replace(layer, A=other.A, B=other.B) for layer, other in zip(layers, others, strict=True)]


def output_of_two(layers: list[LoRAOracle], x: torch.Tensor, scale: float | None = None) -> torch.Tensor:
    """What the two layers compute, (..., 6) → (..., 4)."""
    first, second = layers
    return second.output(torch.tanh(first.output(x, scale)), scale)


def entries(layers: list[LoRAOracle]) -> torch.Tensor:
    """All numbers of the adapters in order of size: what is saved of them, whatever it is called and however stored."""
    return torch.cat([matrix.flatten() for layer in layers for matrix in (layer.A, layer.B)]).sort().values


@probe
def load_each(student, bases, saved, own, modes, gradients, x, cases, step):
    """Load a saved adapter, damaged as each of the cases says, into a model that holds another; what then is where.

    `bases` are (W, b) of two layers, `saved` and `own` their (A, B). A case is what is damaged, and at which position.
    """

    def adapted(matrices):
        model = nn.Sequential(builders.linear(*bases[0]), nn.Tanh(), builders.linear(*bases[1]))
        if matrices is not None:
            student.apply_lora(model, ["0", "2"], matrices[0][0].shape[0], 7)
            for name, pair in zip(("0", "2"), matrices, strict=True):
                builders.fill(model.get_submodule(name), *pair)
        return model

    def entries(tensors):
        return torch.cat([tensor.detach().flatten() for tensor in tensors] or [torch.zeros(0)]).sort().values

    def numbers(tensors):
        return [None if tensor.grad is None else float(tensor.grad.flatten()[0]) for tensor in tensors]

    found = []
    for damage, position in cases:
        state = dict(student.adapter_state_dict(adapted(saved)))
        model = adapted(None if damage == "unadapted" else own)
        names = [list(state)[position]]
        if damage in ("missing", "renamed"):
            tensor = state.pop(names[0])
        if damage in ("unexpected", "renamed"):
            names = [*names, "and_another"] if damage == "renamed" else ["and_another"]
            state["and_another"] = tensor if damage == "renamed" else torch.ones(2, 2)
        elif damage == "transposed":
            state[names[0]] = state[names[0]].T.clone()
        elif damage == "rank":
            names = list(state)
        elif damage == "unadapted":
            # No tensor on either side has its like on the other: any may be named
            names = [*state, *(name for name, _ in model.named_parameters())]

        # Something is in train and something in eval mode, and what is trainable has gradients
        watched = [model, *model]
        for layer, mode in zip(watched, modes, strict=True):
            layer.training = mode
        tensors = [tensor for tensor in model.parameters() if tensor.requires_grad]
        for tensor, gradient in zip(tensors, gradients, strict=False):
            tensor.grad = torch.full_like(tensor, gradient)
        one = {"error": None, "message": ""}
        try:
            student.load_adapter(model, state)
        except Exception as error:
            one["error"], one["message"] = type(error).__name__, str(error)
        one["named"] = [name for name in names if str(name) in one["message"]]
        one["modes"], one["gradients"] = [layer.training for layer in watched], numbers(tensors[: len(gradients)])
        trainable = [tensor for tensor in model.parameters() if tensor.requires_grad]
        one["held"], one["output"] = entries(trainable), model(x)
        if one["error"] is None:
            one["state"] = entries(state.values())
            with torch.no_grad():
                for tensor in tensors:  # the ones that were there before, which an optimizer may hold
                    tensor += step
                one["stepped"], one["state later"] = model(x), entries(state.values())
                for tensor in trainable:
                    tensor.zero_()
                one["cleared"] = model(x)
        found.append(one)
    return found


SILENT_MISFIT = {
    "missing": "An adapter that lacks a tensor is loaded without an error.",
    "unexpected": "An adapter with an extra tensor is loaded without an error.",
    "renamed": "An adapter with another name for a tensor is loaded without an error.",
    "transposed": "A tensor of another shape is loaded without an error.",
    "rank": "An adapter of another rank is loaded without an error.",
    "unadapted": "An adapter is loaded without an error into a model that was not adapted.",
}


@dataclass(frozen=True)
class Loaded:
    """What `load_each` gave for one case, and what was drawn for it."""

    damage: str
    result: dict
    own: list[LoRAOracle]  # before loading
    saved: list[LoRAOracle]  # the model's layers with the saved adapter
    modes: list[bool]
    gradients: list[float]
    x: torch.Tensor
    step: float

    def expect_no_error(self) -> None:
        if self.result["error"] is not None:
            got = f"{self.result['error']}: {self.result['message']}"
            fail("load_adapter raises an error for an adapter that fits.", expected="no error", got=got)

    def expect_modes_and_gradients(self) -> None:
        if self.result["modes"] != self.modes:
            fail("Loading switches the model to train or eval mode.")
        if self.result["gradients"] != self.gradients:
            fail("Loading clears the model's gradients.")

    def expect_output(self) -> None:
        """Fail unless the model computes with the saved adapter."""
        pairs = list(zip(self.saved, self.own, strict=True))
        expect_close(
            self.result["output"],
            output_of_two(self.saved, self.x),
            what="The output after loading",
            mistakes={
                "load_adapter leaves the model as it was.": output_of_two(self.own, self.x),
                "Only one of A and B is loaded.": AnyOf(
                    output_of_two([replace(saved, A=own.A) for saved, own in pairs], self.x),
                    output_of_two([replace(saved, B=own.B) for saved, own in pairs], self.x),
                ),
            },
            advice="Copy every tensor: under torch.no_grad(), parameter.copy_(state[name]).",
            **TOL_FP32,
        )

    def expect_base_kept(self) -> None:
        """Fail unless A and B are what is trainable, and the model with both set to zero computes as its base does."""
        if self.result["held"].shape != entries(self.saved).shape:
            fail("Loading changes what is trainable in the model.")
        base = output_of_two(self.own, self.x, 0.0)
        if not torch.allclose(self.result["cleared"], base, **TOL_FP32):
            fail("Loading changes weights of the base.", expected=base, got=self.result["cleared"])

    def expect_refusal(self) -> None:
        """Fail unless there was a ValueError that helps, and the model is as it was."""
        error, message = self.result["error"], self.result["message"]
        if error is None:
            advice = "copy_ stretches a (1, d) tensor to (r, d): compare the shapes first."
            fail(SILENT_MISFIT[self.damage], expected="ValueError", got="no error", advice=advice)
        if error != "ValueError":
            kind = "of another rank" if self.damage == "rank" else "that does not fit"
            fail(f"load_adapter must reject an adapter {kind} with a ValueError.", got=f"{error}: {message}")
        adapted = self.damage != "unadapted"
        if adapted and not torch.equal(self.result["held"], entries(self.own)):
            fail("After an error the adapter is loaded in part.")
        self.expect_modes_and_gradients()
        expected = output_of_two(self.own, self.x, None if adapted else 0.0)
        expect_close(self.result["output"], expected, what="The output after an error", **TOL_FP32)
        if not self.result["named"]:
            fail("The error for an adapter that does not fit does not name the tensor.", got=message)
        if "apply_lora" not in message:
            fail("The error for an adapter that does not fit does not say to call apply_lora.", got=message)


def load_drawn(
    student, rng, *cases: tuple[str, int], ranks: tuple[int, int] = (2, 2), draw=None, dtype=torch.float32
) -> list[Loaded]:
    """What `load_each` gives for these cases, asked in an order that is drawn; "nothing" is damaged in one that fits.

    `ranks` are that of the adapter that is saved and that of the model into which it is loaded, both of this dtype.
    """
    saved, own = two_layers(rng, ranks[0], draw, dtype), two_layers(rng, ranks[1], draw, dtype)
    saved = with_adapters(own, saved)
    modes, gradients = rng.permutation([True, True, False, False]), rng.rand(4).tolist()
    x, step = rng.randn(3, 6).to(dtype), 1.0 + float(rng.rand())
    bases = [[layer.weight, layer.bias] for layer in own]
    matrices = [[[layer.A, layer.B] for layer in layers] for layers in (saved, own)]
    order = rng.permutation(range(len(cases)))
    asked = [cases[at] for at in order]
    results = student.run(load_each, bases, *matrices, modes, gradients, x, asked, step)
    found = {
        at: Loaded(cases[at][0], result, own, saved, modes, gradients, x, step)
        for at, result in zip(order, results, strict=True)
    }
    return [found[at] for at in sorted(found)]


def expect_misfits_refused(student, rng, *cases: tuple[str, int], ranks: tuple[int, int] = (2, 2)) -> None:
    """Fail unless load_adapter refuses adapters that are damaged so, and loads what is not damaged."""
    for loaded in load_drawn(student, rng, *cases, ranks=ranks):
        if loaded.damage != "nothing":
            loaded.expect_refusal()
        else:
            loaded.expect_no_error()
            loaded.expect_output()
