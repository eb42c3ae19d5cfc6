"""Hidden checks of `next_token_loss`."""

import torch
from language_modeling_oracles import (
    IN_16_BITS,
    INF,
    KEPT_FROM_ZERO,
    NOT_FINITE,
    TOL_FP32,
    floors,
    loss_mistakes,
    loss_oracle,
    ragged_targets,
)
from torch.nn import functional as F

from autograder.checks import AnyOf, exercise, expect_close, probe


@probe
def losses(student, batches, dtype, differentiate):
    """The loss of each pair of logits and targets, and its gradient at the logits if asked for."""
    found = []
    for logits, targets in batches:
        logits = logits.to(getattr(torch, dtype)).requires_grad_(True)
        loss = student.next_token_loss(logits, targets)
        if differentiate:
            loss.backward()
        found.append((loss.detach(), logits.grad))
    return found


@exercise("next_token_loss")
def test_it_agrees_with_cross_entropy(student, rng):
    for batch, length, vocabulary in ((2, 5, 11), (4, 3, 3), (1, 8, 2)):
        logits, targets = 2 * rng.randn(batch, length, vocabulary), rng.randint(0, vocabulary, (batch, length))
        if batch > 1:
            targets[1, 1:] = -100
        expect_close(
            student.next_token_loss(logits, targets),
            F.cross_entropy(logits.transpose(1, 2), targets),
            what="The loss",
            mistakes=loss_mistakes(logits, targets),
            **TOL_FP32,
        )


@exercise("next_token_loss")
def test_other_dtypes(student, rng):
    logits, targets = 3 * rng.randn(3, 40, 17), ragged_targets(rng, 3, 40, 17)
    for dtype in ("bfloat16", "float16", "float64"):
        given = logits.to(getattr(torch, dtype))
        ((loss, gradient),) = student.run(losses, [(logits, targets)], dtype, True)
        rounded = F.cross_entropy(given.flatten(0, 1), targets.flatten())
        expect_close(
            loss,
            loss_oracle(given, targets),
            what="The loss of 16-bit logits" if "16" in dtype else "The loss of float64 logits",
            mistakes={
                IN_16_BITS: AnyOf(rounded, rounded.float()),
                "The loss of 16-bit logits comes back in 16 bits.": loss_oracle(given, targets).to(given.dtype),
            }
            if "16" in dtype
            else {},
            **TOL_FP32,
        )
        expect_close(gradient.float().sum(), torch.tensor(0.0), what="The sum of the gradient", atol=0.02)
        kept = gradient.float().abs().sum(dim=-1) > 1e-6
        expect_close(kept.sum(), (targets != -100).sum(), what="The number of positions with a gradient")


@exercise("next_token_loss")
def test_confident_guesses_are_finite(student, rng):
    size, (wrong, right) = float(rng.randint(1_000, 20_000)), rng.permutation(range(5))[:2]
    logits, targets = torch.zeros(1, 2, 5), torch.tensor([[wrong, right]])
    logits[0, 0, wrong], logits[0, 0, right] = -size, size  # a confident guess that is wrong
    logits[0, 1, right], logits[0, 1, wrong] = size, -size  # and one that is right
    ((loss, gradient),) = student.run(losses, [(logits, targets)], "float32", True)
    expect_close(
        loss,
        torch.tensor(size),
        what="The loss of very confident guesses",
        mistakes={
            KEPT_FROM_ZERO: floors(0.5),
            NOT_FINITE: AnyOf(torch.tensor(float("nan")), torch.tensor(INF)),
        },
    )
    expected = torch.zeros(1, 2, 5)
    expected[0, 0, wrong], expected[0, 0, right] = -0.5, 0.5
    expect_close(gradient, expected, what="The gradient of very confident guesses")


@exercise("next_token_loss")
def test_padding_and_repetition_leave_the_loss_alone(student, rng):
    logits, targets = rng.randn(3, 6, 5), ragged_targets(rng, 3, 6, 5)
    batches = {
        "as drawn": (logits, targets),
        "twice": (logits.repeat(2, 1, 1), targets.repeat(2, 1)),
        "wider": (F.pad(logits, (0, 0, 0, 3), value=1.0), F.pad(targets, (0, 3), value=-100)),
        "raised": (logits + rng.randn(3, 6, 1), targets),
        "with an empty row": (
            torch.cat([rng.randn(1, 6, 5), logits]),
            torch.cat([torch.full((1, 6), -100), targets]),
        ),
        "in another order": (logits.flip(0), targets.flip(0)),
    }
    found = student.run(losses, list(batches.values()), "float32", False)
    expected = loss_oracle(logits, targets)
    for (name, batch), (loss, _) in zip(batches.items(), found, strict=True):
        expect_close(loss, expected, what=f"The loss of a batch {name}", mistakes=loss_mistakes(*batch), **TOL_FP32)
