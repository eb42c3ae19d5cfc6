"""Checks of `perplexity`."""

import math

import torch
from classification_oracles import VOCABULARY, position_ids, rectangle, texts
from torch.nn import functional as F

from autograder import builders
from autograder.checks import exercise, expect_close, probe


@probe
def surprise(student, seed, uniform, batches):
    """The perplexity that the student measures of a small GPT-2 with opinions, or of one without any (`uniform`)."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        model.transformer.ln_f.weight.mul_(0 if uniform else 10)
        model.transformer.ln_f.bias.mul_(0 if uniform else 10)
    return student.perplexity(model, [{"input_ids": ids, "attention_mask": mask} for ids, mask in batches])


@torch.no_grad()
def opinionated(seed):
    """The model that the probe makes: a random GPT-2 whose logits are spread widely enough for mistakes to show."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    model.transformer.ln_f.weight.mul_(10)
    model.transformer.ln_f.bias.mul_(10)
    return model


@torch.no_grad()
def log_likelihoods(model, sequences):
    """Of each text, read alone, the negative log-likelihoods of its tokens but the first."""
    found = []
    for text in sequences:
        ids = torch.tensor([text])
        log_probs = model(ids).logits[0, :-1].log_softmax(dim=-1)
        found.append(-log_probs[torch.arange(len(text) - 1), ids[0, 1:]])
    return found


@torch.no_grad()
def over_pads(model, ids, mask):
    """The mean over every position, padding included, as a model without a mask for its labels gives it."""
    return F.cross_entropy(model(ids, attention_mask=mask).logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).item()


@torch.no_grad()
def not_shifted(model, ids, mask):
    """The mean of each real token's own probability at its own position: it has been read already."""
    logits = model(ids, attention_mask=mask).logits
    return F.cross_entropy(logits[mask.bool()], ids[mask.bool()]).item()


@exercise("perplexity")
def test_a_model_that_knows_nothing(student, rng):
    batches = [rectangle(rng, texts(rng, *rng.permutation(2, 6, 4)), "right")]
    expect_close(
        student.run(surprise, 1, True, batches),
        float(VOCABULARY),
        what="The perplexity of a model for which every token is as likely",
        mistakes={
            "It returns the mean log-likelihood, not its exp.": math.log(VOCABULARY),
            "It returns the mean log-likelihood in bits, not the perplexity.": math.log2(VOCABULARY),
            "It raises 2 to a mean in nats; nats go with exp.": 2 ** math.log(VOCABULARY),
            "The sign is lost: it returns 1 / perplexity.": 1 / VOCABULARY,
        },
        rtol=1e-4,
        advice="Every token costs log V nats here, so the perplexity is V, the size of the vocabulary.",
    )


@exercise("perplexity", points=2)
def test_only_real_tokens_count(student, rng):
    seed = rng.randint(0, 1 << 30)
    model = opinionated(seed)
    groups = [texts(rng, *rng.permutation(2, 9, 5)), texts(rng, 3)]
    batches = [rectangle(rng, group, "right") for group in groups]
    by_text = [log_likelihoods(model, group) for group in groups]
    by_batch = [torch.cat(found) for found in by_text]
    tokens = torch.cat(by_batch)
    sizes = [ids.numel() for ids, _ in batches]

    def padded_mean():
        positions = [ids[:, 1:].numel() for ids, _ in batches]
        means = [over_pads(model, *pair) for pair in batches]
        return sum(mean * count for mean, count in zip(means, positions, strict=True)) / sum(positions)

    def unshifted_mean():
        real = [int(mask.sum()) for _, mask in batches]
        means = [not_shifted(model, *pair) for pair in batches]
        return sum(mean * count for mean, count in zip(means, real, strict=True)) / sum(real)

    expect_close(
        student.run(surprise, seed, False, batches),
        tokens.mean().exp().item(),
        what="The perplexity of two ragged batches",
        rtol=1e-4,
        mistakes={
            "Padding is counted like text.": lambda: math.exp(padded_mean()),
            "Batches are averaged, so a small batch counts too much.": lambda: math.exp(
                sum(found.mean().item() for found in by_batch) / 2
            ),
            "The perplexities of batches are averaged; exp comes last, after the mean over all tokens.": lambda: (
                sum(found.mean().exp().item() for found in by_batch) / 2
            ),
            "The perplexities of texts are averaged; exp comes last, after the mean over all tokens.": lambda: (
                sum(found.mean().exp().item() for group in by_text for found in group) / 4
            ),
            "Texts are averaged, so a short text counts as much as a long one.": lambda: math.exp(
                sum(found.mean().item() for group in by_text for found in group) / 4
            ),
            "The logits at a position are compared with that position's own token, not with the next one.": lambda: (
                math.exp(unshifted_mean())
            ),
            "It divides by all positions, padding and first tokens included.": lambda: math.exp(
                tokens.sum().item() / sum(sizes)
            ),
            "It divides by all real tokens, but the first of each text is not predicted.": lambda: math.exp(
                tokens.sum().item() / (len(tokens) + 4)
            ),
            "It returns the mean log-likelihood, not its exp.": lambda: tokens.mean().item(),
            "Only the last batch is measured.": lambda: by_batch[-1].mean().exp().item(),
        },
        advice="Count a token when the mask is 1 at it and at the one before it; one mean over all batches.",
    )


@exercise("perplexity")
def test_perplexity_does_not_see_padding(student, rng):
    seed = rng.randint(0, 1 << 30)
    sequences = texts(rng, *rng.permutation(2, 7, 4))
    model = opinionated(seed)
    right = torch.cat(log_likelihoods(model, sequences))
    ids, mask = rectangle(rng, sequences, "left", 3)

    @torch.no_grad()
    def per_token(positions, pads_predict):
        logits = model(ids, attention_mask=mask, position_ids=positions).logits[:, :-1]
        counted = mask[:, 1:].bool() if pads_predict else (mask[:, 1:] * mask[:, :-1]).bool()
        return math.exp(F.cross_entropy(logits[counted], ids[:, 1:][counted]).item())

    plain, counted_from_text = torch.arange(ids.shape[1])[None], position_ids(mask)
    wide = rectangle(rng, sequences, "right", 8)
    expect_close(
        student.run(surprise, seed, False, [wide]),
        right.mean().exp().item(),
        what="The perplexity of a batch padded 8 wider",
        rtol=1e-4,
        mistakes={"Padding is counted like text.": lambda: math.exp(over_pads(model, *wide))},
    )
    expect_close(
        student.run(surprise, seed, False, [(ids, mask)]),
        right.mean().exp().item(),
        what="The perplexity under padding on the left",
        rtol=1e-4,
        mistakes={
            "Under padding on the left, positions are counted from the first column.": lambda: per_token(plain, False),
            "Under padding on the left, first tokens are counted, predicted from padding.": lambda: per_token(
                counted_from_text, True
            ),
            "Under padding on the left, positions are wrong and first tokens are counted.": lambda: per_token(
                plain, True
            ),
            "Padding is counted like text.": lambda: math.exp(over_pads(model, ids, mask)),
        },
        advice="position_ids from the mask, as in GPT2ForClassification; a pair counts when both tokens are real.",
    )
