"""Checks of `next_token_loss`."""

import math

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

from autograder.checks import AnyOf, StudentError, exercise, expect_close, fail, probe


@exercise("next_token_loss", points=2)
def test_the_mean_over_the_targets_kept(student, rng):
    docstrings = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)], [5.0, 5.0]]]), torch.tensor([[0, 1, -100]])
    for batch in (docstrings, (2 * rng.randn(3, 6, 7), ragged_targets(rng, 3, 6, 7))):
        expect_close(
            student.next_token_loss(*batch),
            loss_oracle(*batch),
            what="The loss",
            mistakes=loss_mistakes(*batch),
            advice="Flatten batch and time; divide by the number of targets that aren't left out.",
            **TOL_FP32,
        )


@exercise("next_token_loss")
def test_another_ignore_index(student, rng):
    logits, left_out = 2 * rng.randn(3, 6, 7), rng.randint(1, 7)
    targets = (left_out + rng.randint(1, 7, (3, 6))) % 7
    targets[0, 1], targets[2, 3:], targets[1, 5] = left_out, left_out, (left_out + 1) % 7
    targets[1, 0] = 0
    expect_close(
        student.next_token_loss(logits, targets, ignore_index=left_out),
        loss_oracle(logits, targets, left_out),
        what="The loss with another ignore_index",
        mistakes=loss_mistakes(logits, targets, left_out),
        **TOL_FP32,
    )


@probe
def losses_and_gradients(student, batches):
    """The loss of each pair of logits and targets, and its gradient at the logits; None where it has no graph."""
    found = []
    for logits, targets in batches:
        logits = logits.clone().requires_grad_(True)
        loss = student.next_token_loss(logits, targets)
        if not (isinstance(loss, torch.Tensor) and loss.requires_grad):
            found.append({"loss": loss, "gradient": None})
            continue
        loss.backward()
        found.append({"loss": loss.detach(), "gradient": logits.grad})
    return found


@probe
def of_longer_tensors(student, logits, targets):
    """The loss where logits and targets are parts of longer tensors, as they are after a shift."""
    return student.next_token_loss(logits[:, :-1], targets[:, 1:])


@exercise("next_token_loss")
def test_parts_of_longer_tensors(student, rng):
    logits, targets = 2 * rng.randn(3, 6, 7), ragged_targets(rng, 3, 6, 7)
    try:
        found = student.run(of_longer_tensors, logits, targets)
    except StudentError as error:
        fail("Parts of longer tensors are an error: view can't flatten them, reshape and flatten can.", got=str(error))
    right = logits[:, :-1], targets[:, 1:]
    expect_close(found, loss_oracle(*right), what="The loss", mistakes=loss_mistakes(*right), **TOL_FP32)


def gradient_oracle(logits, targets):
    """(softmax - one-hot) / number of targets kept (B, T, V), 0 where a target is left out."""
    kept = targets != -100
    gradient = logits.softmax(dim=-1) - F.one_hot(targets.clamp(min=0), logits.shape[-1])
    return gradient * kept[..., None] / kept.sum().clamp(min=1)


@exercise("next_token_loss")
def test_a_gradient_also_where_nothing_is_kept(student, rng):
    some, nothing = ragged_targets(rng, 2, 5, 4), torch.full((2, 5), -100)
    batches = [(rng.randn(2, 5, 4), targets) for targets in rng.permutation([some, nothing])]
    found = zip(batches, student.run(losses_and_gradients, batches), strict=True)
    results = {batch[1] is nothing: (batch, result) for batch, result in found}
    for empty in (False, True):
        (logits, targets), result = results[empty]
        loss, gradient = result["loss"], result["gradient"]
        if gradient is None and not empty:
            fail(
                "The loss has no graph, so nothing can be learned from it.",
                advice="Look for .item(), .detach(), .data, torch.no_grad() and float().",
            )
        expect_close(
            loss,
            loss_oracle(logits, targets),
            what="The loss where no target is kept" if empty else "The loss",
            mistakes={"The loss is NaN where no target is kept; it must be 0.": torch.tensor(float("nan"))}
            if empty
            else loss_mistakes(logits, targets),
            advice="The mean of no tokens is 0 / 0: divide by at least 1." if empty else "",
            **TOL_FP32,
        )
        if gradient is None:
            fail("Where no target is kept the loss is a 0 without a graph, so that backward() fails.")
        expect_close(
            gradient,
            gradient_oracle(logits, targets),
            what="The gradient at the logits",
            advice="Where a target is kept it is (softmax - one-hot) / number of targets kept, elsewhere 0.",
            **TOL_FP32,
        )


@exercise("next_token_loss")
def test_16_bits_and_confident_guesses(student, rng):
    logits, targets = (3 * rng.randn(2, 30, 11)).bfloat16(), rng.randint(0, 11, (2, 30))
    targets[1, 25:] = -100
    rounded = [
        F.cross_entropy(logits.flatten(0, 1), targets.flatten()),
        F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum") / 55,
        -logits.log_softmax(-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0][targets >= 0].float().mean(),
        -logits.log_softmax(-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0][targets >= 0].mean(),
    ]
    expect_close(
        student.next_token_loss(logits, targets),
        loss_oracle(logits, targets),
        what="The loss of 16-bit logits",
        mistakes={
            IN_16_BITS: AnyOf(*rounded, *(one.float() for one in rounded)),
            "The loss of 16-bit logits comes back in 16 bits.": loss_oracle(logits, targets).bfloat16(),
        },
        **TOL_FP32,
    )
    expect_close(
        student.next_token_loss(logits.double(), targets),
        loss_oracle(logits, targets),
        what="The loss of float64 logits",
        **TOL_FP32,
    )
    size = float(rng.randint(500, 9_000))
    confident, said = torch.tensor([[[size, -size, 0.0], [0.0, 0.0, 0.0]]]), torch.tensor([[1, -100]])
    expect_close(
        student.next_token_loss(confident, said),
        torch.tensor(2 * size),
        what="The loss of a very confident guess that is wrong",
        mistakes={
            KEPT_FROM_ZERO: floors(),
            NOT_FINITE: AnyOf(torch.tensor(float("nan")), torch.tensor(INF)),
        }
        | loss_mistakes(confident, said),
    )
