"""Hidden checks of `accumulate_gradients`."""

import torch
from instruction_tuning_hidden_oracles import FP32, loss_of, tiny, training_batch
from torch import nn
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


@probe
def accumulated(student, seed, pieces, dropout, lazily):
    """The gradients after accumulate_gradients, in one row, what it returned, and the model's mode (train before)."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=29, positions=16)
    model.transformer.drop.p = dropout
    model.train(dropout > 0)
    returned = student.accumulate_gradients(model, (piece for piece in pieces) if lazily else pieces)
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return {
        "returned": returned,
        "gradient": torch.cat([gradient.flatten() for gradient in gradients]),
        "training": model.training,
    }


def gradient_of(model, weighted):
    """The gradient of the sum of weight · mean loss over (weight, batch), in one row, and that sum."""
    model.zero_grad()
    total = sum(weight * loss_of(model, batch) for weight, batch in weighted)
    total.backward()
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()]), float(total.detach())


@exercise("accumulate_gradients")
def test_pieces_from_a_generator(student, rng):
    seed, pieces = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 4), training_batch(rng, 1, 5, 1)]
    right, loss = gradient_of(tiny(seed), [(8 / 9, pieces[0]), (1 / 9, pieces[1])])
    try:
        seen = student.run(accumulated, seed, pieces, 0.0, True)
    except StudentError as error:
        fail("The pieces are taken for a list; they may come from a generator.", got=str(error))
    expect_close(
        seen["gradient"],
        right,
        what="The gradient of pieces from a generator",
        mistakes={
            "A generator can be read only once: after counting, no piece is left.": lambda: torch.zeros_like(right)
        },
        **FP32,
    )
    expect_close(seen["returned"], loss, what="The loss of pieces from a generator", **FP32)


@exercise("accumulate_gradients")
def test_tokens_are_counted_as_the_loss_does(student, rng):
    seed = rng.randint(0, 10_000)
    pieces = [training_batch(rng, 3, 4, 4), training_batch(rng, 1, 7, 3), training_batch(rng, 2, 5, 0)]
    model = tiny(seed)  # 9, 3 and 0 tokens are guessed; of the first piece 12 labels aren't -100
    right, loss = gradient_of(model, [(9 / 12, pieces[0]), (3 / 12, pieces[1])])
    seen = student.run(accumulated, seed, pieces, 0.0, False)
    if torch.isnan(seen["gradient"]).any():
        fail("A piece without supervised tokens makes the gradient NaN.")
    expect_close(
        seen["gradient"],
        right,
        what="The gradient of pieces with all and no tokens supervised",
        mistakes={
            "The first label of a row is counted, although the loss does not use it.": lambda: gradient_of(
                model, [(12 / 15, pieces[0]), (3 / 15, pieces[1])]
            )[0],
            "A piece without supervised tokens is counted in the mean.": lambda: gradient_of(
                model, [(1 / 3, pieces[0]), (1 / 3, pieces[1])]
            )[0],
        },
        **FP32,
    )
    expect_close(seen["returned"], loss, what="The loss of pieces with all and no tokens supervised", **FP32)


@exercise("accumulate_gradients")
def test_pieces_without_anything_supervised(student, rng):
    pieces = [training_batch(rng, 2, 5, 0), training_batch(rng, 1, 4, 0)]
    try:
        seen = student.run(accumulated, rng.randint(0, 10_000), pieces, 0.0, False)
    except StudentError as error:
        fail("It fails where no token is supervised.", got=str(error))
    expect_close(seen["returned"], 0.0, what="The loss where no token is supervised")
    expect_close(seen["gradient"], torch.zeros_like(seen["gradient"]), what="The gradient where no token is supervised")


@exercise("accumulate_gradients")
def test_accumulating_leaves_the_mode_alone(student, rng):
    # Dropout with p = 1 drops everything, so that nothing is left to chance in train mode. The first tokens of the
    # second piece are masked out, which changes what the others attend to.
    seed, pieces = rng.randint(0, 10_000), [training_batch(rng, 2, 6, 3), training_batch(rng, 2, 5, 3)]
    seen = student.run(accumulated, seed, pieces, 1.0, False)
    model = tiny(seed, 1.0).train()
    right, _ = gradient_of(model, [(0.5, piece) for piece in pieces])
    expect_close(
        seen["gradient"],
        right,
        what="The gradient of a model in train mode",
        mistakes={
            "The model is put into eval mode, without its dropout; its mode is the caller's business.": lambda: (
                gradient_of(tiny(seed, 1.0), [(0.5, piece) for piece in pieces])[0]
            )
        },
        **FP32,
    )
    assert seen["training"], "The model was in train mode before, and is in eval mode afterwards."


@exercise("accumulate_gradients")
def test_accumulating_uses_the_attention_mask(student, rng):
    seed, piece = rng.randint(0, 10_000), training_batch(rng, 2, 7, 4)
    unmasked, _ = gradient_of(tiny(seed), [(1.0, piece)])
    piece["attention_mask"][:, :2] = 0
    right, _ = gradient_of(tiny(seed), [(1.0, piece)])
    expect_close(
        student.run(accumulated, seed, [piece], 0.0, False)["gradient"],
        right,
        what="The gradient of a batch whose first tokens are masked out",
        mistakes={"The attention mask does not reach the model.": unmasked},
        **FP32,
    )


@probe
def waiting_pieces(student, table, pieces):
    """How many earlier pieces still wait for their backward pass when a piece goes through the model, at most, and
    the loss of a model that looks its logits up in a table."""
    import types

    waiting, most = [0], [0]

    class Watched(torch.autograd.Function):
        @staticmethod
        def forward(context, logits):
            return logits.clone()

        @staticmethod
        def backward(context, gradient):
            waiting[0] -= 1
            return gradient

    class Bigrams(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding.from_pretrained(table, freeze=False)

        def forward(self, input_ids, attention_mask):
            most[0] = max(most[0], waiting[0])
            waiting[0] += torch.is_grad_enabled()
            return types.SimpleNamespace(logits=Watched.apply(self.table(input_ids)))

    return {"returned": student.accumulate_gradients(Bigrams(), pieces), "most": most[0]}


@exercise("accumulate_gradients")
def test_one_piece_at_a_time(student, rng):
    pieces = [training_batch(rng, 2, 6, 3), training_batch(rng, 1, 5, 3), training_batch(rng, 2, 4, 2)]
    table = rng.randn(29, 29)
    seen = student.run(waiting_pieces, table, pieces)
    if seen["most"]:
        fail("The pieces go backward together at the end, so all of their graphs lie in memory at once.")
    logits = torch.cat([table[piece["input_ids"][:, :-1]].flatten(0, 1) for piece in pieces])
    labels = torch.cat([piece["labels"][:, 1:].flatten() for piece in pieces])
    expect_close(seen["returned"], F.cross_entropy(logits, labels).item(), what="The loss of three pieces", **FP32)
