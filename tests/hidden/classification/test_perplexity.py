"""Hidden checks of `perplexity`."""

import math

import torch
from classification_hidden_oracles import rectangle, texts
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


@probe
def perplexities(student, seed, batchings, dropout, modes):
    """The perplexity that the student measures of one small GPT-2, for each batching and mode; what that did to it."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(10)
        model.transformer.ln_f.bias.mul_(10)
    model.transformer.drop.p = dropout
    graphs = []
    model.register_forward_hook(lambda module, args, output: graphs.append(output.logits.requires_grad))
    seen = []
    for batches in batchings:
        for mode in modes:
            model.train(mode)
            value = student.perplexity(model, ({"input_ids": ids, "attention_mask": mask} for ids, mask in batches))
            seen.append({"value": value, "kind": type(value).__name__, "mode": model.training, "came": mode})
    return {"seen": seen, "graph": any(graphs), "grad_enabled": torch.is_grad_enabled()}


@torch.no_grad()
def opinionated(seed, factor=10):
    """The model that the probes make: a random GPT-2 whose logits are spread widely enough for mistakes to show."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    model.transformer.ln_f.weight.mul_(factor)
    model.transformer.ln_f.bias.mul_(factor)
    return model


@torch.no_grad()
def surprises(model, sequences):
    """Of all these texts, each read alone, the negative log-likelihoods of the tokens but the first."""
    found = []
    for text in sequences:
        ids = torch.tensor([text])
        found.append(F.cross_entropy(model(ids).logits[0, :-1], ids[0, 1:], reduction="none"))
    return torch.cat(found)


@exercise("perplexity")
def test_measuring_perplexity_leaves_no_trace(student, rng):
    seed, sequences = rng.randint(0, 1 << 30), texts(rng, 4, 7)
    batch = list(rectangle(sequences, "right"))
    right = surprises(opinionated(seed), sequences).mean().exp().item()
    found = student.run(perplexities, seed, [[batch]], 0.5, [False, True])
    in_eval, in_train = found["seen"]
    if in_eval["kind"] != "float":
        fail("The perplexity must be a plain float.")
    expect_close(in_eval["value"], right, what="The perplexity of a model in eval mode", rtol=1e-3)
    expect_close(
        in_train["value"],
        right,
        what="The perplexity of a model that comes in train mode",
        rtol=1e-3,
        mistakes={"It measures in train mode, with dropout.": in_train["value"]},
    )
    if any(seen["mode"] is not seen["came"] for seen in found["seen"]):
        fail("The mode that the model came in is not restored.")
    if found["graph"]:
        fail("It builds a graph while it measures.")
    assert found["grad_enabled"], "It leaves gradients switched off for whoever comes after it."


@exercise("perplexity")
def test_end_tokens_are_text_too(student, rng):
    # 0 is both the padding id and a token of every text.
    seed = rng.randint(0, 1 << 30)
    sequences = [[*text[:2], 0, *text[2:], 0] for text in texts(rng, 3, 6)]
    batch = list(rectangle(sequences, "right"))
    nll = surprises(opinionated(seed), sequences)
    targets = torch.cat([torch.tensor(text[1:]) for text in sequences])
    found = student.run(perplexities, seed, [[batch]], 0.0, [False])
    expect_close(
        found["seen"][0]["value"],
        nll.mean().exp().item(),
        what="The perplexity of texts that hold the padding id",
        rtol=1e-4,
        mistakes={
            "Real tokens are told from padding by their id, so end-of-text tokens do not count.": lambda: (
                nll[targets != 0].mean().exp().item()
            ),
        },
    )


@exercise("perplexity")
def test_batching_does_not_matter(student, rng):
    seed, (a, b, c) = rng.randint(0, 1 << 30), texts(rng, 5, 1, 8)
    right = surprises(opinionated(seed), [a, b, c]).mean().exp().item()
    batchings = [
        [rectangle([a, b, c], "right")],
        [rectangle([a], "left", extra=2), rectangle([b, c], "right")],
        [rectangle([b], "right"), rectangle([c, a], "left")],
    ]
    batchings = [[list(pair) for pair in batches] for batches in batchings]
    for seen in student.run(perplexities, seed, batchings, 0.0, [False])["seen"]:
        expect_close(seen["value"], right, what="The perplexity of the same texts in other batches", rtol=1e-4)


@exercise("perplexity")
def test_nothing_to_predict(student, rng):
    for batches in ([], [list(rectangle(texts(rng, 1, 1), "right", extra=2))]):
        try:
            student.run(perplexities, 1, [batches], 0.0, [False])
        except StudentError as error:
            if error.type != "ValueError":
                fail("perplexity without a token to predict must raise ValueError.")
        else:
            fail("perplexity without a token to predict gives a number; it must raise ValueError.")


@probe
def sharpened(student, seed, batches, factor):
    """The perplexity of a model whose logits are multiplied by a factor."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(factor)
        model.transformer.ln_f.bias.mul_(factor)
    return student.perplexity(model, [{"input_ids": ids, "attention_mask": mask} for ids, mask in batches])


@exercise("perplexity")
def test_a_very_surprised_model(student, rng):
    seed, sequences, factor = rng.randint(0, 1 << 30), texts(rng, 5, 6), 300.0
    ids, mask = rectangle(sequences, "right")
    right = surprises(opinionated(seed, factor), sequences).mean().item()
    got = student.run(sharpened, seed, [[ids, mask]], factor)
    if isinstance(got, torch.Tensor) and got.numel() == 1:
        got = got.item()
    if isinstance(got, (int, float)) and not math.isfinite(got):
        fail("A token that the model thinks impossible makes it infinite; take log_softmax, not the log of a softmax.")
    if not isinstance(got, (int, float)) or got <= 0:
        fail("The perplexity of a very surprised model has the wrong value.")
    expect_close(math.log(got), right, what="The log of the perplexity of a very surprised model", rtol=1e-3)
