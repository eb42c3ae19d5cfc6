"""Hidden checks of `accumulate_gradients`."""

import torch
from instruction_tuning_oracles import TOL_FP32, accumulated, tiny_model, training_batch, weighted_gradient
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


@exercise("accumulate_gradients")
def test_pieces_from_a_generator(student, rng):
    seed, pieces = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 4), training_batch(rng, 1, 5, 1)]
    expected, loss = weighted_gradient(tiny_model(seed), [8 / 9, 1 / 9], pieces)
    try:
        result = student.run(accumulated, seed, pieces, lazily=True)
    except StudentError as error:
        fail("The pieces are taken for a list; they may come from a generator.", got=str(error))
    expect_close(
        result["gradient"],
        expected,
        what="The gradient of pieces from a generator",
        mistakes={
            "A generator can be read only once: after counting, no piece is left.": lambda: torch.zeros_like(expected)
        },
        **TOL_FP32,
    )
    expect_close(result["returned"], loss, what="The loss of pieces from a generator", **TOL_FP32)


@exercise("accumulate_gradients")
def test_tokens_are_counted_as_the_loss_does(student, rng):
    seed = rng.randint(0, 10_000)
    pieces = [training_batch(rng, 3, 4, 4), training_batch(rng, 1, 7, 3), training_batch(rng, 2, 5, 0)]
    model = tiny_model(seed)  # 9, 3 and 0 tokens are guessed; of the first piece 12 labels aren't -100
    expected, loss = weighted_gradient(model, [9 / 12, 3 / 12, 0.0], pieces)

    def gradient(*weights):
        return lambda: weighted_gradient(model, weights, pieces)[0]

    result = student.run(accumulated, seed, pieces)
    if torch.isnan(result["gradient"]).any():
        fail("A piece without supervised tokens makes the gradient NaN.")
    expect_close(
        result["gradient"],
        expected,
        what="The gradient of pieces with all and no tokens supervised",
        mistakes={
            "The first label of a row is counted, although the loss does not use it.": gradient(12 / 15, 3 / 15, 0.0),
            "A piece without supervised tokens is counted in the mean.": gradient(1 / 3, 1 / 3, 0.0),
        },
        **TOL_FP32,
    )
    expect_close(result["returned"], loss, what="The loss of pieces with all and no tokens supervised", **TOL_FP32)


@exercise("accumulate_gradients")
def test_pieces_without_anything_supervised(student, rng):
    pieces = [training_batch(rng, 2, 5, 0), training_batch(rng, 1, 4, 0)]
    try:
        result = student.run(accumulated, rng.randint(0, 10_000), pieces)
    except StudentError as error:
        fail("It fails where no token is supervised.", got=str(error))
    expect_close(result["returned"], 0.0, what="The loss where no token is supervised")
    expect_close(
        result["gradient"], torch.zeros_like(result["gradient"]), what="The gradient where no token is supervised"
    )


@exercise("accumulate_gradients")
def test_accumulating_leaves_the_mode_alone(student, rng):
    # Dropout with p = 1 drops everything, so that nothing is left to chance in train mode.
    seed, pieces = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 3), training_batch(rng, 2, 5, 3)]
    result = student.run(accumulated, seed, pieces, dropout=1.0, train=True)
    expect_close(
        result["gradient"],
        weighted_gradient(tiny_model(seed, 1.0).train(), [0.5, 0.5], pieces)[0],
        what="The gradient of a model in train mode",
        mistakes={
            "The model is put into eval mode, without its dropout; its mode is the caller's business.": lambda: (
                weighted_gradient(tiny_model(seed, 1.0), [0.5, 0.5], pieces)[0]
            )
        },
        **TOL_FP32,
    )
    assert result["training"], "The model was in train mode before, and is in eval mode afterwards."


@exercise("accumulate_gradients")
def test_accumulating_uses_the_attention_mask(student, rng):
    seed, piece = rng.randint(0, 10_000), training_batch(rng, 1, 7, 1)  # one token to learn: its own mean
    unmasked, _ = weighted_gradient(tiny_model(seed), [1.0], [piece])
    piece["attention_mask"][:, :2] = 0  # which changes what the other tokens attend to
    expected, _ = weighted_gradient(tiny_model(seed), [1.0], [piece])
    expect_close(
        student.run(accumulated, seed, [piece])["gradient"],
        expected,
        what="The gradient of a batch whose first tokens are masked out",
        mistakes={"The attention mask does not reach the model.": unmasked},
        **TOL_FP32,
    )


@probe
def waiting_pieces(student, table, pieces):
    """The loss and the weights of a model that is a table, and how many pieces waited for their backward pass, at most,
    when another one went through the model.
    """

    class CountingLM(builders.TableLM):
        waiting = most = 0

        def forward(self, input_ids, attention_mask=None):
            self.most = max(self.most, self.waiting)
            output = super().forward(input_ids)
            if torch.is_grad_enabled():
                self.waiting += 1
                output.logits.register_hook(self.has_gone_backward)
            return output

        def has_gone_backward(self, gradient):
            self.waiting -= 1

    model = CountingLM(table)
    returned = student.accumulate_gradients(model, pieces)
    return {"returned": returned, "most": model.most, "table": model.table.detach()}


@exercise("accumulate_gradients")
def test_one_piece_at_a_time(student, rng):
    pieces = [training_batch(rng, 2, 6, 3), training_batch(rng, 1, 5, 3), training_batch(rng, 2, 4, 2)]
    table = rng.randn(29, 29)  # (V, V)
    result = student.run(waiting_pieces, table, pieces)
    if not torch.equal(result["table"], table):
        fail("The weights have changed; accumulating computes gradients and no more.")
    if result["most"]:
        fail("The pieces go backward together at the end, so all of their graphs lie in memory at once.")
    logits = torch.cat([table[piece["input_ids"][:, :-1]].flatten(0, 1) for piece in pieces])  # (N, V)
    labels = torch.cat([piece["labels"][:, 1:].flatten() for piece in pieces])  # (N,)
    expect_close(
        result["returned"], F.cross_entropy(logits, labels).item(), what="The loss of three pieces", **TOL_FP32
    )
