"""Checks of `train_sft`."""

import torch
from instruction_tuning_oracles import FP32, loss_of, tiny, training_batch

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


@probe
def trained(student, seed, batches, steps, rate, dropout, stale):
    """Train a tiny model with plain SGD: the losses returned, its mode, and its weights in one row."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    losses = student.train_sft(model, batches, optimizer, steps)
    weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    kinds = sorted({type(loss).__name__ for loss in losses}) if isinstance(losses, list) else []
    return {"losses": losses, "kinds": kinds, "training": model.training, "weights": weights}


RATE = 0.5


def train_by(seed, batches, steps, *, labels="labels", zero=True, dropout=0.0, train=True, cycle=True, after=False):
    """The losses of a training loop and the weights at its end, with switches for known mistakes."""
    model = tiny(seed, dropout).train(train)
    weights = list(model.parameters())
    losses, held = [], [torch.zeros_like(weight) for weight in weights]
    for step in range(steps):
        batch = batches[step % len(batches) if cycle else 0]
        loss = loss_of(model, batch, batch[labels])
        gradients = torch.autograd.grad(loss, weights)
        held = list(gradients) if zero else [old + new for old, new in zip(held, gradients, strict=True)]
        with torch.no_grad():
            for weight, gradient in zip(weights, held, strict=True):
                weight -= RATE * gradient
        losses.append(float((loss_of(model, batch, batch[labels]) if after else loss).detach()))
    return losses, torch.cat([weight.detach().flatten() for weight in weights])


@exercise("train_sft", points=2)
def test_losses_and_weights_of_three_steps(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, 7, 3), training_batch(rng, 3, 5, 2)]
    seen = student.run(trained, seed, batches, 3, RATE, 0.0, 0.0)
    right, weights = train_by(seed, batches, 3)
    untrained = tiny(seed)
    expect_close(
        seen["losses"],
        right,
        what="The list of losses of three steps on two batches",
        mistakes={
            "Gradients are not zeroed, so every step drags the earlier ones along.": lambda: train_by(
                seed, batches, 3, zero=False
            )[0],
            "The loss is taken over the prompts too: labels are to be used, not input_ids.": lambda: train_by(
                seed, batches, 3, labels="input_ids"
            )[0],
            "It stops when the batches run out instead of starting over.": right[:2],
            "It takes steps for rounds through all batches.": lambda: train_by(seed, batches, 6)[0],
            "Only the first batch is trained on.": lambda: train_by(seed, batches, 3, cycle=False)[0],
            "The losses are measured after the update; they belong before it.": lambda: train_by(
                seed, batches, 3, after=True
            )[0],
            "The weights do not change between the steps.": lambda: [
                float(loss_of(untrained, batches[step % 2]).detach()) for step in range(3)
            ],
            "Only the last loss is returned, not one for every step.": right[-1],
            "Only the last loss is returned, not one for every step. ": right[-1:],
        },
        advice='Per step: forward, sft_loss with batch["labels"], zero_grad, backward, step, append the loss.',
        **FP32,
    )
    if seen["kinds"] != ["float"]:
        fail(
            "The losses must be plain floats; a tensor with a graph would keep every step in memory.",
            expected=["float"],
            got=seen["kinds"],
        )
    expect_close(seen["weights"], weights, what="The row of all weights after three steps", **FP32)


@exercise("train_sft")
def test_training_runs_in_train_mode(student, rng):
    # Dropout with p = 1 drops everything: in train mode the model sees no tokens at all, and nothing is left to chance.
    seed, batches = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 3)]
    seen = student.run(trained, seed, batches, 2, RATE, 1.0, 0.0)
    expect_close(
        seen["losses"],
        train_by(seed, batches, 2, dropout=1.0)[0],
        what="The list of losses with dropout",
        mistakes={
            "The model trains in eval mode, without its dropout.": lambda: train_by(
                seed, batches, 2, dropout=1.0, train=False
            )[0],
        },
        advice="model.train() before the first step.",
        **FP32,
    )
    assert seen["training"], "The model is not in train mode after training."
