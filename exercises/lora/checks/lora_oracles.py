"""What several checks of the lesson on memory and LoRA share.

Sizes are chosen so that no matrix is square and r differs from both sides: then the shape of a
trainable tensor tells A from B, and a transposed product can't go unnoticed. alpha is never r."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from autograder import builders
from autograder.checks import StudentError, expect_close, expect_equal, expect_error, fail, probe

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

SMALLEST_RANK = "The rank 1 is rejected; only an r below 1 is an error."


# --- errors ---------------------------------------------------------------------------------------------------------


@contextmanager
def expect_accepted(sentence: str) -> Iterator[None]:
    """Fail with the sentence if the student's code raises ValueError inside the block."""
    try:
        yield
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail(sentence, expected="no error", got=str(error))


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
        elif step == "delta":
            results.append(layer.delta())
        elif step == "clear":
            builders.fill(layer, 0 * A, 0 * B)
        else:  # merge or unmerge
            getattr(layer, step)()
    return results


def expect_adapter_matters(student, rng):
    """Fail unless the output is a combination of x Wᵀ, b and x (B A)ᵀ in which the last has a part, whatever its size.

    Ends the checks of what a layer only says of itself (shapes, starts, errors), which one that ignores A and B can
    say too.
    """
    layer, x = draw_layer(rng)
    (output,) = layer.run(student, ["forward"], x)
    parts = torch.stack([x @ layer.weight.T, layer.bias.expand(4, -1), x @ layer.product.T])  # (3, 4, d_out)
    if isinstance(output, torch.Tensor) and output.shape == parts[0].shape and output.isfinite().all():
        # Least squares: which multiples of the three parts come nearest to the output?
        columns, column = parts.flatten(1).T.double(), output.detach().reshape(-1, 1).double()
        factors = torch.linalg.lstsq(columns, column).solution  # (3, 1)
        if torch.allclose(columns @ factors, column, **TOL_FP32):
            if factors[2].abs() > 0.01:
                return
            fail("The output does not depend on A and B.")
    fail("The output is not a combination of W x, b and B A x.")


@probe
def merge_often(student, weight, bias, A, B, alpha, x, times):
    """A layer as it is and after rounds of merge and unmerge: output, shapes of what is trainable, of what learns."""
    layer = student.LoRALinear(builders.linear(weight, bias), A.shape[0], alpha)
    builders.fill(layer, A, B)

    def state():
        output = layer(x)
        trainable = [tensor for tensor in layer.parameters() if tensor.requires_grad]
        grads = [None] * len(trainable)
        if output.requires_grad:
            grads = torch.autograd.grad(output.sum(), trainable, allow_unused=True)
        moving = [
            tensor.shape for tensor, grad in zip(trainable, grads, strict=True) if grad is not None and bool(grad.any())
        ]
        return {
            "output": output,
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
    """delta() of a square layer, and its outputs as it is, merged, and unmerged again.

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
    return {"delta": delta, "outputs": outputs}


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
        "delta() shows the start, not what has been trained since.": torch.zeros_like(layer.delta),
    }


@probe
def trainable_tensors(student, dtype, device):
    """(dtype, device) of each trainable tensor of a layer whose base has this dtype and device."""
    layer = student.LoRALinear(nn.Linear(6, 5, dtype=getattr(torch, dtype), device=device), 2, 7)
    return [(str(tensor.dtype), str(tensor.device)) for tensor in layer.parameters() if tensor.requires_grad]


def expect_like_base(student, dtype: str, device: str) -> None:
    """Fail unless A and B have the base's dtype and device."""
    kinds = student.run(trainable_tensors, dtype, device)
    if any(kind != f"torch.{dtype}" for kind, _ in kinds):
        fail("A and B do not take the base's dtype.")
    if any(where != device for _, where in kinds):
        fail("A and B do not go to the base's device, so the layer fails on a GPU.")


# --- whole models ---------------------------------------------------------------------------------------------------


@probe
def after_error(student, targets, r):
    """What apply_lora's ValueError says on a small model, and what has been done to the model by then."""
    model = nn.ModuleDict({"fc": nn.Linear(4, 3), "norm": nn.LayerNorm(3), "block": nn.Sequential(nn.Linear(3, 3))})
    # Something is in train and something in eval mode, something trainable and something frozen
    model["norm"].eval().requires_grad_(False)
    model["fc"].weight.grad = torch.ones(3, 4)

    def state():
        return {
            "layers": [(name, type(layer).__name__) for name, layer in model.named_modules()],
            "modes": [layer.training for layer in model.modules()],
            "trainable": [tensor.requires_grad for tensor in model.parameters()],
            "gradients": [tensor.grad is not None and bool(tensor.grad.all()) for tensor in model.parameters()],
        }

    before = state()
    message = None
    try:
        student.apply_lora(model, targets, r, 7)
    except ValueError as error:
        message = str(error)
    after = state()
    return {
        "message": message,
        "changed": [part for part in before if after[part] != before[part]],
        "after": after,
        "trainable": [name for name, tensor in model.named_parameters() if tensor.requires_grad],
    }


def expect_refused(student, targets, r: int, silent: str) -> None:
    """Fail unless apply_lora raises ValueError on a small model and leaves it alone; `silent` is said of no error."""
    result = student.run(after_error, targets, r)
    message = result["message"]
    if message is None:
        if any(name.startswith(f"{targets[-1]}.0.") for name in result["trainable"]):
            fail("A target is looked for anywhere in the name, not at its end.")
        fail(silent, expected="ValueError that names r or the target", got="no error")
    if not message.strip():
        fail("apply_lora raises ValueError without a message; it must name r or the target.")
    if "layers" in result["changed"] or not any(result["after"]["trainable"]):
        fail("After an error the model is left half adapted or frozen.")
    if "trainable" in result["changed"]:
        fail("After an error other tensors are trainable than before.")
    if "modes" in result["changed"]:
        fail("After an error the model is in another mode, train or eval, than before.")
    if "gradients" in result["changed"]:
        fail("After an error the model's gradients are gone.")
    if r >= 1 and targets[-1] not in message:
        if targets[-1] in ("norm", "block"):
            fail("The error for a target that is not a linear layer does not name the target.", got=message)
        fail("The error for a target that matches no layer does not name the target.", got=message)


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
        "output": model.transformer.h[0].attn.c_attn(torch.eye(16, dtype=getattr(torch, dtype))),
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
        expected = model.transformer.h[0].attn.c_attn(torch.eye(16, dtype=getattr(torch, dtype)))
    expect_close(start["output"], expected, what=f"c_attn after lora_qv of a GPT-2 in {dtype}", rtol=0, atol=tolerance)


@probe
def qv_of_something_else(student, name):
    """lora_qv of a model that is no GPT-2."""
    student.lora_qv(nn.ModuleDict({name: nn.Linear(4, 3), "norm": nn.LayerNorm(3)}), 2, 7)


@probe
def qv_of_gpt2(student, layers):
    """What lora_qv returns for a GPT-2 of so many blocks, with adapters of rank 1."""
    return student.lora_qv(builders.tiny_gpt2(1, width=16, heads=2, layers=layers), 1, 7)


def expect_qv_needs_gpt2(student, name: str, layers: int) -> None:
    """Fail unless lora_qv raises ValueError for a model with a layer of that name, and takes the rank 1 otherwise."""
    with expect_error("ValueError", what="lora_qv of a model without c_attn", explained=True):
        student.run(qv_of_something_else, name)
    # a function that rejects everything must not pass
    with expect_accepted(SMALLEST_RANK):
        count = student.run(qv_of_gpt2, layers)
    expect_equal(
        count,
        layers,
        what="What lora_qv returns, the number of blocks,",
        mistakes={"lora_qv returns the number of adapters, not of blocks.": 2 * layers},
    )


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


@probe
def filled_state(student, weight, A, B):
    """What is saved of one adapted layer whose A and B hold these values."""
    model = nn.Sequential(nn.Linear(weight.shape[1], weight.shape[0]))
    student.apply_lora(model, ["0"], A.shape[0], 7)
    builders.fill(model, A, B)
    return student.adapter_state_dict(model)


@probe
def load_damaged(student, cases):
    """Load adapters that are damaged so, each at a position: the error, which tensors it names, what has changed."""
    source = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
    student.apply_lora(source, ["0", "2"], 2, 7)
    with torch.no_grad():
        for tensor in source.parameters():
            tensor.normal_()
    results = []
    for damage, position in cases:
        model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 4))
        state = dict(student.adapter_state_dict(source))
        names = [list(state)[position]]
        if damage == "missing":
            del state[names[0]]
        elif damage == "unexpected":
            names = ["and_another"]
            state["and_another"] = torch.ones(2, 2)
        elif damage == "transposed":
            state[names[0]] = state[names[0]].T.clone()
        elif damage == "unadapted":
            # No tensor on either side has its like on the other: any may be named
            names = [*state, *(name for name, _ in model.named_parameters())]
        if damage != "unadapted":
            student.apply_lora(model, ["0", "2"], 2, 7)
        model[1].eval()  # in either mode, some layer is in the other
        for tensor in model.parameters():
            tensor.grad = torch.ones_like(tensor)
        modes = [layer.training for layer in model.modules()]
        before = [tensor.detach().clone() for tensor in model.parameters()]
        error, message = None, ""
        try:
            student.load_adapter(model, state)
        except Exception as raised:
            error, message = type(raised).__name__, str(raised)
        results.append(
            {
                "error": error,
                "named": [name for name in names if str(name) in message],
                "same": all(map(torch.equal, before, model.parameters())),
                "switched": modes != [layer.training for layer in model.modules()],
                "cleared": not all(tensor.grad is not None and tensor.grad.all() for tensor in model.parameters()),
            }
        )
    return results


SILENT_MISFIT = {
    "missing": "An adapter that lacks a tensor is loaded without an error.",
    "unexpected": "An adapter with an extra tensor is loaded without an error.",
    "transposed": "A tensor of another shape is loaded without an error.",
    "unadapted": "An adapter is loaded without an error into a model that was not adapted.",
}


def expect_misfits_refused(student, cases):
    """Fail unless load_adapter refuses adapters that are damaged so, each at a position, and leaves the model alone."""
    for (damage, _), result in zip(cases, student.run(load_damaged, cases), strict=True):
        if result["error"] is None:
            fail(SILENT_MISFIT[damage], expected="ValueError", got="no error")
        if result["error"] != "ValueError":
            fail("load_adapter must reject an adapter that does not fit with a ValueError.", got=result["error"])
        if not result["same"]:
            fail("After an error the adapter is loaded in part.")
        if result["switched"]:
            fail("Loading switches the model to train or eval mode.")
        if result["cleared"]:
            fail("Loading clears the model's gradients.")
        if not result["named"]:
            fail("The error for an adapter that does not fit does not name the tensor.")


@probe
def loaded_output(student, weight, bias, r, state, x):
    """The output of an adapted layer after loading a state."""
    model = nn.Sequential(builders.linear(weight, bias))
    student.apply_lora(model, ["0"], r, 7)
    student.load_adapter(model, state)
    return model(x)


def expect_loading(student, rng):
    """Fail unless a state that was doubled here is what the model computes with: then B A is four times as large.

    Ends the checks that can only ask the student's process whether two things there are the same.
    """
    layer = LoRAOracle(rng.randn(5, 8), rng.randn(5), rng.randn(3, 8), rng.randn(5, 3), alpha=7)
    x = rng.randn(4, 8)
    state = student.run(filled_state, layer.weight, layer.A, layer.B)
    doubled = {name: 2 * tensor for name, tensor in state.items()}
    result = student.run(loaded_output, layer.weight, layer.bias, layer.r, doubled, x)
    expect_close(
        result, layer.output(x, 4 * layer.scale), what="The output with a loaded adapter", rtol=1e-4, atol=1e-3
    )
