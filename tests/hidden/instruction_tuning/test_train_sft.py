"""Hidden checks of `train_sft`."""

import torch
from instruction_tuning_hidden_oracles import FP32, loss_of, tiny, training_batch

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def trained_on_a_stream(student, seed, batches, steps):
    """Losses of train_sft on batches that can be iterated as often as one likes, and nothing else."""

    class Stream:
        def __iter__(self):
            return iter(batches)

    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    return student.train_sft(model, Stream(), torch.optim.SGD(model.parameters(), lr=0.5), steps)


@exercise("train_sft")
def test_batches_that_can_only_be_iterated(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 3) for length in (5, 7)]
    try:
        losses = student.run(trained_on_a_stream, seed, batches, 3)
    except StudentError as error:
        if "object is not subscriptable" in error.message or "has no len()" in error.message:
            fail("The batches are taken for a list; they may be anything that can be iterated anew.", got=str(error))
        raise
    right = train(seed, [*batches, batches[0]])[0]
    expect_close(losses, right, what="The list of losses of batches that can only be iterated", **FP32)


@probe
def trained(student, seed, batches, steps, stale):
    """Train a tiny model with plain SGD, gradients from before being `stale`: losses, and weights in one row."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    losses = student.train_sft(model, batches, optimizer, steps)
    weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    return {"losses": losses, "weights": weights}


def train(seed, batches, stale=0.0):
    """Losses and weights of plain SGD, one step a batch; `stale` is added to the first step's gradient."""
    model = tiny(seed)
    losses = []
    for step, batch in enumerate(batches):
        loss = loss_of(model, batch)
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for weight, gradient in zip(model.parameters(), gradients, strict=True):
                weight -= 0.5 * (gradient + (stale if step == 0 else 0.0))
        losses.append(float(loss.detach()))
    return losses, torch.cat([weight.detach().flatten() for weight in model.parameters()])


@exercise("train_sft")
def test_gradients_from_before_play_no_part(student, rng):
    seed, batches = rng.randint(0, 10_000), [training_batch(rng, 2, 5, 3)]
    seen = student.run(trained, seed, batches, 1, 0.3)
    right = train(seed, batches)
    expect_close(
        seen["weights"],
        right[1],
        what="The row of all weights of a model that had gradients before training",
        mistakes={
            "Gradients from before the call are added to those of the first step.": lambda: train(seed, batches, 0.3)[
                1
            ],
            "zero_grad() comes between backward() and step(), so nothing is learned.": lambda: torch.cat(
                [parameter.detach().flatten() for parameter in tiny(seed).parameters()]
            ),
        },
        **FP32,
    )


@exercise("train_sft")
def test_fewer_steps_than_batches(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 3) for length in (5, 7, 4)]
    seen = student.run(trained, seed, batches, 2, 0.0)
    expect_close(
        seen["losses"],
        train(seed, batches[:2])[0],
        what="The list of losses of two steps on three batches",
        mistakes={
            "It trains on all batches whatever steps says.": lambda: train(seed, batches)[0],
            "It trains on the batches in another order.": lambda: train(seed, batches[::-1][:2])[0],
        },
        **FP32,
    )
    expect_equal(
        student.run(trained, seed, batches, 0, 0.0)["losses"],
        [],
        what="The list of losses of no steps",
        mistakes={"With steps = 0 it still takes a step.": lambda: train(seed, batches[:1])[0]},
    )


@exercise("train_sft")
def test_training_uses_the_attention_mask(student, rng):
    seed, batch = rng.randint(0, 10_000), training_batch(rng, 2, 7, 4)
    unmasked = train(seed, [batch])[0]
    batch["attention_mask"][:, :2] = 0
    expect_close(
        student.run(trained, seed, [batch], 1, 0.0)["losses"],
        train(seed, [batch])[0],
        what="The loss of a batch whose first tokens are masked out",
        mistakes={"The attention mask does not reach the model.": unmasked},
        **FP32,
    )
