"""Hidden checks of `train_sft`."""

from instruction_tuning_oracles import (
    NOTHING_LEARNED,
    RATE,
    TOL_FP32,
    TrainOracle,
    expect_any_iterable,
    expect_no_steps,
    expect_steps,
    tiny_model,
    trained,
    training_batch,
    weights_of,
    zero_after_a_step,
)

from autograder.checks import exercise, expect_close


@exercise("train_sft")
def test_batches_that_can_only_be_iterated(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 3) for length in (5, 7, 4)]
    batches[1]["attention_mask"][:, :2] = 0
    expect_any_iterable(student, seed, batches, 5)


@exercise("train_sft")
def test_gradients_from_before_play_no_part(student, rng):
    seed, batches = rng.randint(0, 10_000), [training_batch(rng, 2, 5, 3)]
    result = student.run(trained, seed, batches, 1, RATE, stale=0.3)
    _, expected = TrainOracle().run(seed, batches, 1)
    stale = TrainOracle(zero_grad=zero_after_a_step)
    expect_close(
        result["weights"],
        expected,
        what="The row of all weights of a model that had gradients before training",
        mistakes={
            "Gradients from before the call are added to those of the first step.": lambda: stale.run(
                seed, batches, 1, stale=0.3
            )[1],
            **dict.fromkeys(NOTHING_LEARNED, lambda: weights_of(tiny_model(seed))),
        },
        **TOL_FP32,
    )


@exercise("train_sft")
def test_fewer_steps_than_batches(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 3) for length in (5, 7, 4)]
    expect_steps(student, seed, batches, 2)
    expect_no_steps(student, seed, batches)


@exercise("train_sft")
def test_training_uses_the_attention_mask(student, rng):
    seed, batch = rng.randint(0, 10_000), training_batch(rng, 2, 7, 4)
    unmasked, _ = TrainOracle().run(seed, [batch], 1)
    batch["attention_mask"][:, :2] = 0
    result = student.run(trained, seed, [batch], 1, RATE)
    losses, weights = TrainOracle().run(seed, [batch], 1)
    expect_close(
        result["losses"],
        losses,
        what="The loss of a batch whose first tokens are masked out",
        mistakes={"The attention mask does not reach the model.": unmasked},
        **TOL_FP32,
    )
    expect_close(result["weights"], weights, what="The row of all weights after a step", **TOL_FP32)
