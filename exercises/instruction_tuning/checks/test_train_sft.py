"""Checks of `train_sft`."""

import torch
from instruction_tuning_oracles import (
    NOTHING_LEARNED,
    RATE,
    TOL_FP32,
    TrainOracle,
    expect_any_iterable,
    expect_no_steps,
    expect_steps,
    loss_of,
    tiny_model,
    trained,
    training_batch,
    zero_after_a_step,
)

from autograder.checks import AnyOf, exercise, expect_close, fail

# A mistake, and the part of the loop that it replaces.
LOOP_MISTAKES = {
    "Gradients are not zeroed, so every step also applies those of earlier steps.": (
        TrainOracle(zero_grad=lambda optimizer, step: None),
        TrainOracle(zero_grad=lambda optimizer, step: None if step else optimizer.zero_grad()),
    ),
    "Gradients from before the call are added to those of the first step.": (
        TrainOracle(zero_grad=lambda optimizer, step: None),
        TrainOracle(zero_grad=zero_after_a_step),
    ),
    "The loss is taken over the prompts too: labels are to be used, not input_ids.": (
        TrainOracle(labels=lambda batch: batch["input_ids"]),
    ),
    "The attention mask does not reach the model.": (
        TrainOracle(
            pick=lambda batches, step: {
                **batches[step % len(batches)],
                "attention_mask": torch.ones_like(batches[step % len(batches)]["attention_mask"]),
            }
        ),
    ),
    "Only the first batch is trained on.": (TrainOracle(pick=lambda batches, step: batches[0]),),
    "It trains on the batches in another order.": (TrainOracle(pick=lambda batches, step: batches[-1 - step % 2]),),
    "The losses are measured after the update; they belong before it.": (
        TrainOracle(measure=lambda before, after: after()),
    ),
}


@exercise("train_sft", points=2)
def test_losses_and_weights_of_five_steps(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, 7, 3, padded=True), training_batch(rng, 3, 5, 2, padded=True)]
    batches[0]["attention_mask"][0, :2] = 0  # which changes what the other tokens attend to
    result = student.run(trained, seed, batches, 5, RATE, stale=0.1)
    losses, weights = TrainOracle().run(seed, batches, 5)
    untrained = tiny_model(seed)
    expect_close(
        result["losses"],
        losses,
        what="The list of losses of five steps on two batches",
        mistakes={
            **{
                sentence: AnyOf(*((lambda one=one: one.run(seed, batches, 5, stale=0.1)[0]) for one in oracles))
                for sentence, oracles in LOOP_MISTAKES.items()
            },
            "It stops when the batches run out instead of starting over.": losses[:2],
            "It takes steps for a number of epochs, rounds through all batches.": lambda: TrainOracle().run(
                seed, batches, 10
            )[0],
            "It stops at the end of an epoch only, which may be after more steps.": lambda: TrainOracle().run(
                seed, batches, 6
            )[0],
            "Where the batches begin anew, the first one is passed over.": lambda: TrainOracle(
                pick=lambda batches, step: batches[min(step, 1)]
            ).run(seed, batches, 5)[0],
            "Where the batches begin anew a step is passed over, so there are fewer of them.": losses[:4],
            **dict.fromkeys(
                NOTHING_LEARNED, lambda: [loss_of(untrained, batches[step % 2]).item() for step in range(5)]
            ),
            "Only the last loss is returned, not one for every step.": AnyOf(losses[-1], losses[-1:]),
        },
        advice='Per step: forward, sft_loss with batch["labels"], zero_grad, backward, step, append the loss.',
        **TOL_FP32,
    )
    if result["kinds"] != ["float"]:
        fail(
            "The losses must be plain floats; a tensor with a graph would keep every step in memory.",
            expected=["float"],
            got=result["kinds"],
        )
    expect_close(result["weights"], weights, what="The row of all weights after five steps", **TOL_FP32)


@exercise("train_sft")
def test_training_runs_in_train_mode(student, rng):
    # Dropout with p = 1 drops everything: in train mode the model sees no tokens at all, and nothing is left to chance.
    seed, batches = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 3, padded=True)]
    result = student.run(trained, seed, batches, 2, RATE, dropout=1.0, frozen=True)
    if result["frozen"] != ["transformer.ln_f.bias"]:
        fail("Training changes what is frozen in the model.", expected=["transformer.ln_f.bias"], got=result["frozen"])
    in_eval_mode = TrainOracle(set_mode=lambda model: model.eval())
    expect_close(
        result["losses"],
        TrainOracle().run(seed, batches, 2, dropout=1.0, frozen=True)[0],
        what="The list of losses with dropout",
        mistakes={
            "The model trains in eval mode, without its dropout.": lambda: in_eval_mode.run(
                seed, batches, 2, dropout=1.0, frozen=True
            )[0],
        },
        advice="model.train() before the first step.",
        **TOL_FP32,
    )
    assert result["training"], "The model is not in train mode after training."


@exercise("train_sft")
def test_any_batches_and_few_steps(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 2) for length in (6, 4)]
    expect_any_iterable(student, seed, batches, 3)
    expect_steps(student, seed, batches, 1)
    expect_no_steps(student, seed, batches)
