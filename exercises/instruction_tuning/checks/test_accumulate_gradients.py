"""Checks of `accumulate_gradients`."""

import torch
from instruction_tuning_oracles import FP32, loss_of, tiny, training_batch

from autograder import builders
from autograder.checks import exercise, expect_close, fail, probe


def supervised(batch):
    return int((batch["labels"][:, 1:] != -100).sum())


@probe
def accumulated(student, seed, pieces, start, dropout, train, lazily):
    """The gradients after accumulate_gradients, in one row; they start as the number `start` everywhere."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.train(train)
    if start is not None:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, start)
    returned = student.accumulate_gradients(model, iter(pieces) if lazily else pieces)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return {
        "returned": returned,
        "kind": type(returned).__name__,
        "gradient": torch.cat([gradient.flatten() for gradient in gradients]),
        "weights": torch.cat([parameter.detach().flatten() for parameter in model.parameters()]),
        "training": model.training,
    }


def gradient_of(model, weighted):
    """The gradient of the sum of weight · mean loss over (weight, batch), in one row, and that sum."""
    model.zero_grad()
    total = sum(weight * loss_of(model, batch) for weight, batch in weighted)
    total.backward()
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()]), float(total.detach())


@exercise("accumulate_gradients", points=2)
def test_accumulated_is_the_whole_batch(student, rng):
    seed = rng.randint(0, 10_000)
    pieces = [training_batch(rng, 2, 9, 6), training_batch(rng, 1, 5, 2), training_batch(rng, 3, 6, 3)]
    model = tiny(seed)
    counts = [supervised(piece) for piece in pieces]  # 11, 1, 8
    right, loss = gradient_of(model, [(n / sum(counts), piece) for n, piece in zip(counts, pieces, strict=True)])

    def weighted(weights):
        return lambda: gradient_of(model, list(zip(weights, pieces, strict=True)))[0]

    rows = [len(piece["input_ids"]) for piece in pieces]
    sizes = [piece["input_ids"].numel() for piece in pieces]
    seen = student.run(accumulated, seed, pieces, None, 0.0, False, False)
    expect_close(
        seen["gradient"],
        right,
        what="The gradient",
        mistakes={
            "It is the mean of the pieces' means, so a piece counts the same whatever it holds.": (
                weighted([1 / 3] * 3)
            ),
            "The pieces' mean losses are added up without weights.": weighted([1.0] * 3),
            "The sum over tokens is not divided by their number.": weighted(counts),
            "Pieces are weighted by their rows, not by their supervised tokens.": weighted(
                [n / sum(rows) for n in rows]
            ),
            "Pieces are weighted by all their tokens, also those that are not supervised.": weighted(
                [n / sum(sizes) for n in sizes]
            ),
            "Only the last piece is left in the gradients.": weighted([0.0, 0.0, counts[2] / sum(counts)]),
            "Only the last piece counts.": weighted([0.0, 0.0, 1.0]),
            "No gradient reaches the model.": lambda: torch.zeros_like(right),
        },
        advice="Weigh each piece's mean by its supervised tokens over those of all pieces.",
        **FP32,
    )
    means = [float(loss_of(model, piece).detach()) for piece in pieces]
    expect_close(
        seen["returned"],
        loss,
        what="The loss that accumulate_gradients returns",
        mistakes={
            "The loss returned is the mean of the pieces' means; it is the mean over all tokens.": sum(means) / 3,
            "The loss returned is the sum of the pieces' means.": sum(means),
            "The loss returned is that of the last piece.": means[-1],
            "The loss returned is the sum over tokens.": loss * sum(counts),
        },
        **FP32,
    )
    if seen["kind"] != "float":
        fail("The loss that accumulate_gradients returns must be a plain float.", expected="float", got=seen["kind"])


@exercise("accumulate_gradients")
def test_gradients_are_added_to(student, rng):
    seed, pieces = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 3), training_batch(rng, 1, 5, 3)]
    counts = [supervised(piece) for piece in pieces]
    model = tiny(seed)
    right, _ = gradient_of(model, [(n / sum(counts), piece) for n, piece in zip(counts, pieces, strict=True)])
    seen = student.run(accumulated, seed, pieces, 0.5, 0.0, False, False)
    expect_close(
        seen["gradient"],
        right + 0.5,
        what="The gradient of a model that had gradients before",
        mistakes={"Gradients that were there before are zeroed; accumulating adds to them.": right},
        **FP32,
    )
    before = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    if not torch.equal(seen["weights"], before):
        fail("The weights have changed; accumulating computes gradients and no more.")
    if seen["training"]:
        fail("The model came in eval mode and is in train mode afterwards; its mode is the caller's business.")
