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
from autograder.checks import StudentError, expect_close, expect_error, fail, probe

# Sums of about ten products of size 10 in fp32 round by less than 10 * 10 * 6e-8 = 6e-6; mistakes move things by 0.1.
TOL_FP32 = {"rtol": 1e-4, "atol": 1e-4}

# What the updates of a whole model may be multiplied by in place of alpha / r.
MODEL_SCALE_MISTAKES = {
    "The model's adapters are added without the factor alpha / r.": lambda alpha, r: 1,
    "The model's adapters are multiplied by alpha but not divided by r.": lambda alpha, r: alpha,
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
    """A layer of drawn size, its alpha / r not a whole number, and an input x (4, d_in)."""
    d_in, d_out = rng.choice([(5, 8), (9, 6)])
    r, alpha = rng.choice([(2, 7), (3, 11), (2, 11), (3, 7)])
    weight, bias = rng.randn(d_out, d_in), rng.randn(d_out)
    A, B = rng.randn(r, d_in), rng.randn(d_out, r)
    return LoRAOracle(weight, bias, A, B, alpha), rng.randn(4, d_in)


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


# --- an adapter that is saved and loaded ----------------------------------------------------------------------------


@probe
def filled_state(student, weight, A, B):
    """What is saved of one adapted layer whose A and B hold these values."""
    model = nn.Sequential(nn.Linear(weight.shape[1], weight.shape[0]))
    student.apply_lora(model, ["0"], A.shape[0], 7)
    builders.fill(model, A, B)
    return student.adapter_state_dict(model)


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
