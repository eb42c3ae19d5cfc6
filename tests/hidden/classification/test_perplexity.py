"""Hidden checks of `perplexity`."""

import math

import torch
from classification_oracles import (
    names_one,
    negative_log_likelihoods,
    padded_batch,
    perplexity_of_gpt2,
    random_texts,
    sharpened_gpt2,
)

from autograder import builders
from autograder.checks import AnyOf, StudentError, exercise, expect_close, expect_equal, fail, probe


@probe
def perplexities(student, seed, batchings, dropout, modes):
    """The perplexity that the student measures of one small GPT-2, for each batching and mode; what that did to it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(10)
        model.transformer.ln_f.bias.mul_(10)
    model.transformer.drop.p = dropout
    model.transformer.wpe.weight.requires_grad_(False)
    model.transformer.ln_f.bias.grad = model.transformer.ln_f.bias.detach().clone()
    graphs = []
    model.register_forward_hook(lambda module, args, output: graphs.append(output.logits.requires_grad))
    measured = []
    for batches in batchings:
        for mode in modes:
            model.train(mode)
            value = student.perplexity(model, ({"input_ids": ids, "attention_mask": mask} for ids, mask in batches))
            measured.append({"value": value, "kind": type(value).__name__, "mode": model.training, "came": mode})
    return {
        "measured": measured,
        "graph": any(graphs),
        "grad_enabled": torch.is_grad_enabled(),
        "frozen": [name for name, tensor in model.named_parameters() if not tensor.requires_grad],
        "gradient": model.transformer.ln_f.bias.grad,
    }


def losses_of(seed, sequences, factor=10):
    """-log p (N,) of the tokens of all these texts but the first of each."""
    return torch.cat(negative_log_likelihoods(sharpened_gpt2(seed, factor), sequences))


@exercise("perplexity")
def test_measuring_perplexity_leaves_no_trace(student, rng):
    seed, sequences = rng.randint(0, 1 << 30), random_texts(rng, 4, 7)
    batch = list(padded_batch(sequences, "right"))
    expected = losses_of(seed, sequences).mean().exp().item()
    result = student.run(perplexities, seed, [[batch]], 0.5, [False, True])
    in_eval, in_train = result["measured"]
    if in_eval["kind"] != "float":
        fail("The perplexity must be a plain float.")
    expect_close(in_eval["value"], expected, what="The perplexity of a model in eval mode", rtol=1e-3)
    expect_close(
        in_train["value"],
        expected,
        what="The perplexity of a model that comes in train mode",
        rtol=1e-3,
        mistakes={"It measures in train mode, with dropout.": in_train["value"]},
    )
    if any(one["mode"] is not one["came"] for one in result["measured"]):
        fail("The mode that the model came in is not restored.")
    if result["graph"]:
        fail("It builds a graph while it measures.")
    assert result["grad_enabled"], "It leaves gradients switched off afterwards."
    if result["frozen"] != ["transformer.wpe.weight"]:
        fail("What is trainable in the model has changed after measuring.")
    expect_equal(
        result["gradient"],
        sharpened_gpt2(seed).transformer.ln_f.bias.detach(),
        what="A gradient that was there before measuring",
        mistakes={"Measuring clears the model's gradients.": AnyOf(None, torch.zeros(16))},
    )


@exercise("perplexity")
def test_end_tokens_are_text_too(student, rng):
    # 0 is both the padding id and a token of every text.
    seed = rng.randint(0, 1 << 30)
    sequences = [[*text[:2], 0, *text[2:], 0] for text in random_texts(rng, 3, 6)]
    batch = list(padded_batch(sequences, "right"))
    losses = losses_of(seed, sequences)
    targets = torch.cat([torch.tensor(text[1:]) for text in sequences])
    result = student.run(perplexities, seed, [[batch]], 0.0, [False])
    expect_close(
        result["measured"][0]["value"],
        losses.mean().exp().item(),
        what="The perplexity of texts that hold the padding id",
        rtol=1e-4,
        mistakes={
            "Real tokens are told from padding by their id, so end-of-text tokens do not count.": lambda: (
                losses[targets != 0].mean().exp().item()
            ),
        },
    )


@exercise("perplexity")
def test_batching_does_not_matter(student, rng):
    seed, (a, b, c) = rng.randint(0, 1 << 30), random_texts(rng, 5, 1, 8)
    expected = losses_of(seed, [a, b, c]).mean().exp().item()
    batchings = [
        [padded_batch([a, b, c], "right")],
        [padded_batch([a], "left", extra=2), padded_batch([b, c], "right")],
        [padded_batch([b], "right"), padded_batch([c, a], "left")],
    ]
    batchings = [[list(pair) for pair in batches] for batches in batchings]
    for one in student.run(perplexities, seed, batchings, 0.0, [False])["measured"]:
        expect_close(one["value"], expected, what="The perplexity of the same texts in other batches", rtol=1e-4)


@exercise("perplexity")
def test_nothing_to_predict(student, rng):
    for batches in ([], [list(padded_batch(random_texts(rng, 1, 1), "right", extra=2))]):
        try:
            student.run(perplexities, 1, [batches], 0.0, [False])
        except StudentError as error:
            if error.type != "ValueError":
                fail("perplexity without a token to predict must raise ValueError.")
            if not names_one(error.message, []):
                fail("The error for texts without a token to predict has no message.")
        else:
            fail("perplexity without a token to predict gives a number; it must raise ValueError.")


@exercise("perplexity")
def test_an_improbable_token_leaves_perplexity_finite(student, rng):
    seed, sequences, factor = rng.randint(0, 1 << 30), random_texts(rng, 5, 6), 300.0
    ids, mask = padded_batch(sequences, "right")
    expected = losses_of(seed, sequences, factor).mean().item()
    result = student.run(perplexity_of_gpt2, seed, factor, [[ids, mask]])
    if isinstance(result, torch.Tensor) and result.numel() == 1:
        result = result.item()
    if isinstance(result, (int, float)) and not math.isfinite(result):
        fail("A token that the model thinks impossible makes it infinite; take log_softmax, not the log of a softmax.")
    if not isinstance(result, (int, float)) or result <= 0:
        fail("The perplexity of a very surprised model has the wrong value.")
    expect_close(math.log(result), expected, what="The log of the perplexity of a very surprised model", rtol=1e-3)
