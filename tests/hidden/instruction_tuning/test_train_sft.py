"""Hidden checks of `train_sft`."""

import torch
from instruction_tuning_oracles import RATE, TOL_FP32, TrainOracle, tiny_model, trained, training_batch, weights_of

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def trained_on_a_stream(student, seed, batches, steps, rate):
    """Losses of train_sft on batches that can be iterated as often as one likes, and nothing else: once where they end,
    once where they don't. None where it reads on and on.
    """

    class Stream:
        def __iter__(self):
            return iter(batches)

    class ReadsOn(Exception):
        pass

    class Endless:
        def __iter__(self):
            for _ in range(20):
                yield from batches
            raise ReadsOn

    found = []
    for stream in (Stream(), Endless()):
        model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
        try:
            found.append(student.train_sft(model, stream, torch.optim.SGD(model.parameters(), lr=rate), steps))
        except ReadsOn:
            found.append(None)
    return found


@exercise("train_sft")
def test_batches_that_can_only_be_iterated(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 3) for length in (5, 7)]
    try:
        losses, endless = student.run(trained_on_a_stream, seed, batches, 3, RATE)
    except StudentError as error:
        if "object is not subscriptable" in error.message or "has no len()" in error.message:
            fail("The batches are taken for a list; they may be anything that can be iterated anew.", got=str(error))
        raise
    expected, _ = TrainOracle().run(seed, batches, 3)
    expect_close(losses, expected, what="The list of losses of batches that can only be iterated", **TOL_FP32)
    expect_close(
        endless,
        expected,
        what="The list of losses of batches without end",
        mistakes={"It goes on reading batches that it does not train on, be they without end.": None},
        **TOL_FP32,
    )


@exercise("train_sft")
def test_gradients_from_before_play_no_part(student, rng):
    seed, batches = rng.randint(0, 10_000), [training_batch(rng, 2, 5, 3)]
    result = student.run(trained, seed, batches, 1, RATE, stale=0.3)
    _, expected = TrainOracle().run(seed, batches, 1)
    first_step_not_zeroed = TrainOracle(zero_grad=lambda optimizer, step: None)
    expect_close(
        result["weights"],
        expected,
        what="The row of all weights of a model that had gradients before training",
        mistakes={
            "Gradients from before the call are added to those of the first step.": lambda: first_step_not_zeroed.run(
                seed, batches, 1, stale=0.3
            )[1],
            "zero_grad() comes between backward() and step(), so nothing is learned.": lambda: weights_of(
                tiny_model(seed)
            ),
        },
        **TOL_FP32,
    )


@exercise("train_sft")
def test_fewer_steps_than_batches(student, rng):
    seed = rng.randint(0, 10_000)
    batches = [training_batch(rng, 2, length, 3) for length in (5, 7, 4)]
    oracle = TrainOracle()
    expect_close(
        student.run(trained, seed, batches, 2, RATE)["losses"],
        oracle.run(seed, batches, 2)[0],
        what="The list of losses of two steps on three batches",
        mistakes={
            "It trains on all batches whatever steps says.": lambda: oracle.run(seed, batches, 3)[0],
            "It trains on the batches in another order.": lambda: oracle.run(seed, batches[::-1], 2)[0],
        },
        **TOL_FP32,
    )
    expect_equal(
        student.run(trained, seed, batches, 0, RATE)["losses"],
        [],
        what="The list of losses of no steps",
        mistakes={"With steps = 0 it still takes a step.": lambda: oracle.run(seed, batches, 1)[0]},
    )


@exercise("train_sft")
def test_training_uses_the_attention_mask(student, rng):
    seed, batch = rng.randint(0, 10_000), training_batch(rng, 2, 7, 4)
    unmasked, _ = TrainOracle().run(seed, [batch], 1)
    batch["attention_mask"][:, :2] = 0
    expect_close(
        student.run(trained, seed, [batch], 1, RATE)["losses"],
        TrainOracle().run(seed, [batch], 1)[0],
        what="The loss of a batch whose first tokens are masked out",
        mistakes={"The attention mask does not reach the model.": unmasked},
        **TOL_FP32,
    )
