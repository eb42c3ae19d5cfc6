"""Checks of `perplexity`."""

import math

import torch
from classification_oracles import (
    VOCABULARY,
    expect_finite,
    expect_no_trace,
    expect_nothing_to_predict,
    losses_of,
    negative_log_likelihoods,
    noisy_batch,
    padded_batch,
    perplexities,
    perplexity_of_gpt2,
    position_ids,
    random_texts,
    sharpened_gpt2,
)
from torch.nn import functional as F

from autograder import builders
from autograder.checks import StudentError, exercise, expect_close, fail, probe


@torch.no_grad()
def next_token_losses(model, ids, mask, counted, positions=None):
    """-log p of the tokens ids[:, 1:] at which `counted` (B, T - 1) is true, each from the position before it."""
    # with a cache: without, transformers reads repeated positions as several texts in one row where it has no mask
    logits = model(ids, attention_mask=mask, position_ids=positions, use_cache=True).logits[:, :-1]  # (B, T - 1, V)
    return F.cross_entropy(logits[counted], ids[:, 1:][counted], reduction="none")


def losses_of_batch(model, ids, mask, positions=None):
    """-log p of each real token after a real one, read at these positions; None: at the right ones."""
    return next_token_losses(
        model, ids, mask, (mask[:, 1:] * mask[:, :-1]).bool(), position_ids(mask) if positions is None else positions
    )


def losses_with_padding(model, ids, mask):
    """-log p at every position, padding included, as a model without a mask for its labels gives it."""
    return next_token_losses(model, ids, mask, torch.ones_like(mask[:, 1:]).bool())


@torch.no_grad()
def losses_at_own_position(model, ids, mask):
    """-log p of each real token at its own position: it has been read already."""
    logits = model(ids, attention_mask=mask).logits  # (B, T, V)
    return F.cross_entropy(logits[mask.bool()], ids[mask.bool()], reduction="none")


def perplexity_of(losses):
    """exp of the mean."""
    return losses.mean().exp().item()


def mean_perplexity_of(groups):
    """The mean of the groups' own perplexities."""
    return sum(map(perplexity_of, groups)) / len(groups)


def perplexity_of_means(groups):
    """exp of the mean of the groups' own means."""
    return perplexity_of(torch.stack([losses.mean() for losses in groups]))


@exercise("perplexity")
def test_a_model_that_knows_nothing(student, rng):
    seed, texts, factor = rng.randint(0, 1 << 30), random_texts(rng, *rng.permutation([2, 6, 4])), 1 + rng.rand().item()
    batches = [noisy_batch(rng, texts, "right")]
    predicted, real, positions = sum(map(len, texts)) - 3, sum(map(len, texts)), batches[0][0].numel()
    expect_close(
        student.run(perplexity_of_gpt2, seed, 0, batches),
        float(VOCABULARY),
        what="The perplexity of a model for which every token is as likely",
        mistakes={
            "It returns the mean log-likelihood, not its exp.": math.log(VOCABULARY),
            "It returns the mean log-likelihood in bits, not the perplexity.": math.log2(VOCABULARY),
            "It raises 2 to a mean in nats; nats go with exp.": 2 ** math.log(VOCABULARY),
            "The sign is lost: it returns 1 / perplexity.": 1 / VOCABULARY,
            "It divides by all positions, padding and first tokens included.": VOCABULARY ** (predicted / positions),
            "It divides by all real tokens, but the first of each text is not predicted.": (
                VOCABULARY ** (predicted / real)
            ),
        },
        rtol=1e-4,
        advice="Every token costs log V nats here, so the perplexity is V, the size of the vocabulary.",
    )
    expect_close(
        student.run(perplexity_of_gpt2, seed, factor, [padded_batch(texts[:1], "right")]),
        perplexity_of(losses_of(seed, texts[:1], factor)),
        what="The perplexity of a model that knows next to nothing",
        rtol=1e-4,
    )


@exercise("perplexity", points=2)
def test_only_real_tokens_count(student, rng):
    seed = rng.randint(0, 1 << 30)
    model = sharpened_gpt2(seed)
    groups = [random_texts(rng, *rng.permutation([2, 9, 5])), random_texts(rng, 3)]
    for text in groups[0]:
        text[-1] = 0  # an end-of-text token that is really there
    batches = [noisy_batch(rng, group, "right") for group in groups]
    by_group = [negative_log_likelihoods(model, group) for group in groups]
    by_text = [losses for group in by_group for losses in group]
    by_batch = [torch.cat(group) for group in by_group]
    losses = torch.cat(by_batch)  # (N,), one for each token that counts
    positions = sum(ids.numel() for ids, _ in batches)
    targets = torch.tensor([token for group in groups for text in group for token in text[1:]])
    expect_close(
        student.run(perplexity_of_gpt2, seed, 10, batches),
        perplexity_of(losses),
        what="The perplexity of two ragged batches",
        rtol=1e-4,
        mistakes={
            "Padding is counted like text.": lambda: perplexity_of(
                torch.cat([losses_with_padding(model, *batch) for batch in batches])
            ),
            "Batches are averaged, so a small batch counts too much.": lambda: perplexity_of_means(by_batch),
            "The perplexities of batches are averaged; exp comes last, after the mean over all tokens.": lambda: (
                mean_perplexity_of(by_batch)
            ),
            "The perplexities of texts are averaged; exp comes last, after the mean over all tokens.": lambda: (
                mean_perplexity_of(by_text)
            ),
            "Texts are averaged, so a short text counts as much as a long one.": lambda: perplexity_of_means(by_text),
            "The logits at a position are compared with that position's own token, not with the next one.": lambda: (
                perplexity_of(torch.cat([losses_at_own_position(model, *batch) for batch in batches]))
            ),
            "It divides by all positions, padding and first tokens included.": lambda: math.exp(
                losses.sum().item() / positions
            ),
            "It divides by all real tokens, but the first of each text is not predicted.": lambda: math.exp(
                losses.sum().item() / (len(losses) + len(by_text))
            ),
            "It returns the mean log-likelihood, not its exp.": lambda: losses.mean().item(),
            "Real tokens are told from padding by their id, so end-of-text tokens do not count.": lambda: perplexity_of(
                losses[targets != 0]
            ),
            "Only the last batch is measured.": lambda: perplexity_of(by_batch[-1]),
        },
        advice="Count a token when the mask is 1 at it and at the one before it; one mean over all batches.",
    )


@exercise("perplexity")
def test_perplexity_does_not_see_padding(student, rng):
    seed = rng.randint(0, 1 << 30)
    sequences = random_texts(rng, *rng.permutation([2, 7, 4]))
    model = sharpened_gpt2(seed)
    expected = perplexity_of(torch.cat(negative_log_likelihoods(model, sequences)))
    ids, mask = noisy_batch(rng, sequences, "left", 3)
    wide = noisy_batch(rng, sequences, "right", 8)
    expect_close(
        student.run(perplexity_of_gpt2, seed, 10, [wide]),
        expected,
        what="The perplexity of a batch padded 8 wider",
        rtol=1e-4,
        mistakes={"Padding is counted like text.": lambda: perplexity_of(losses_with_padding(model, *wide))},
    )

    by_column = torch.arange(ids.shape[1])[None]  # (1, T): positions counted from the first column
    real, predicted = mask[:, 1:].bool(), (mask[:, 1:] * mask[:, :-1]).bool()  # (B, T - 1)

    def perplexity_with(counted, positions):
        return perplexity_of(next_token_losses(model, ids, mask, counted, positions))

    expect_close(
        student.run(perplexity_of_gpt2, seed, 10, [(ids, mask)]),
        expected,
        what="The perplexity under padding on the left",
        rtol=1e-4,
        mistakes={
            "Under padding on the left, positions are counted from the first column.": lambda: perplexity_with(
                predicted, by_column
            ),
            "Under padding on the left, first tokens are counted, predicted from padding.": lambda: perplexity_with(
                real, position_ids(mask)
            ),
            "The model is not told the mask, so a text reads its padding on the left.": lambda: perplexity_of(
                next_token_losses(model, ids, None, predicted, position_ids(mask))
            ),
            "Under padding on the left, positions are wrong and first tokens are counted.": lambda: perplexity_with(
                real, by_column
            ),
            "Padding is counted like text.": lambda: perplexity_of(losses_with_padding(model, ids, mask)),
        },
        advice="position_ids from the mask, as in GPT2ForClassification; a pair counts when both tokens are real.",
    )
    right, left = (noisy_batch(rng, sequences, side, 2) for side in ("right", "left"))
    rows = [losses_of_batch(model, *right), losses_of_batch(model, *left, position_ids(right[1]))]
    expect_close(
        student.run(perplexity_of_gpt2, seed, 10, [right, left]),
        expected,
        what="The perplexity of two batches of one shape, padded on the right and on the left,",
        rtol=1e-4,
        mistakes={
            "Positions are kept for the next batch of that shape, which is padded in another way.": lambda: (
                perplexity_of(torch.cat(rows))
            )
        },
    )


@probe
def perplexity_of_stream(student, seed, batches):
    """The perplexity over an iterator, where gradients are off before, and whether they are on afterwards."""
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1)
    with torch.no_grad():
        value = student.perplexity(model, ({"input_ids": ids, "attention_mask": mask} for ids, mask in batches))
        return {"perplexity": value, "grad_enabled": torch.is_grad_enabled()}


@exercise("perplexity")
def test_batches_may_be_gone_through_once_only(student, rng):
    seed, texts = rng.randint(0, 1 << 30), random_texts(rng, *rng.permutation([3, 8, 5]))
    batches = [list(noisy_batch(rng, [text], "right")) for text in texts]
    model = sharpened_gpt2(seed, 1)
    expected = perplexity_of(torch.cat(negative_log_likelihoods(model, texts)))
    in_list = student.run(perplexity_of_gpt2, seed, 1, batches)
    expect_close(in_list, expected, what="The perplexity of three batches", rtol=1e-4)
    once = "It asks the batches for their number or goes through them more than once; any iterable must do."
    try:
        result = student.run(perplexity_of_stream, seed, batches)
    except StudentError as error:
        fail(once, got=str(error))
    without_first = perplexity_of(torch.cat(negative_log_likelihoods(model, texts[1:])))
    expect_close(
        result["perplexity"],
        expected,
        what="The perplexity of three batches that an iterator gives",
        rtol=1e-4,
        mistakes={once: without_first},
    )
    assert not result["grad_enabled"], "It switches gradients on, although they were off before."


@exercise("perplexity")
def test_measuring_changes_nothing_in_the_model(student, rng):
    seed, sequences = rng.randint(0, 1 << 30), random_texts(rng, 5)
    result = student.run(perplexities, seed, [list(padded_batch(sequences, "right"))], 0.5)
    expect_no_trace(result, seed, perplexity_of(losses_of(seed, sequences)))


@exercise("perplexity")
def test_a_text_of_one_token_predicts_nothing(student, rng):
    alone = list(padded_batch(random_texts(rng, 1), "right"))
    expect_nothing_to_predict(student, rng, [alone])
    seed, (text,) = rng.randint(0, 1 << 30), random_texts(rng, rng.randint(2, 9))
    expected = losses_of(seed, [text]).mean().exp().item()
    beside = [alone, list(padded_batch([text], "right"))]
    expect_close(student.run(perplexity_of_gpt2, seed, 10, beside[1:]), expected, what="A perplexity", rtol=1e-4)
    try:
        result = student.run(perplexity_of_gpt2, seed, 10, beside)
    except StudentError as error:
        if error.type != "ValueError":
            raise
        fail("A batch in which no token counts is refused, although there are tokens in another.", got=str(error))
    expect_close(
        result,
        expected,
        what="The perplexity of a batch in which no token counts and another one",
        rtol=1e-4,
        mistakes={"A batch in which no token counts makes it NaN; it must add nothing.": math.nan},
    )


@probe
def perplexity_beside_noise(student, seed, batches, noise):
    """The perplexity that the student measures of a small GPT-2 whose logits at padding are `noise`."""
    model, masks = builders.tiny_gpt2(seed, width=16, heads=2, layers=1), []
    model.register_forward_pre_hook(lambda _, args, told: masks.append(told.get("attention_mask")), with_kwargs=True)

    def spoil(module, args, logits):
        return logits if masks[-1] is None else logits.masked_fill(masks[-1][..., None] == 0, noise)

    model.lm_head.register_forward_hook(spoil)
    return student.perplexity(model, [{"input_ids": ids, "attention_mask": mask} for ids, mask in batches])


@exercise("perplexity")
def test_logits_at_padding_play_no_part(student, rng):
    seed, texts = rng.randint(0, 1 << 30), random_texts(rng, *rng.permutation([2, 6, 4]))
    batches = [list(noisy_batch(rng, texts, side, 2)) for side in ("right", "left")]
    by_zero = "Losses at padding are multiplied by 0, not left out, which gives NaN where a logit is infinite."
    for noise in (0.0, rng.choice([-math.inf, math.nan])):
        expect_close(
            student.run(perplexity_beside_noise, seed, batches, noise),
            perplexity_of(losses_of(seed, texts, 1)),
            what="The perplexity of a model that gives any logits at padding",
            rtol=1e-4,
            mistakes={by_zero: math.nan} if noise else {},
        )


@exercise("perplexity")
def test_a_very_surprised_model(student, rng):
    seed, sequences = rng.randint(0, 1 << 30), random_texts(rng, 6)
    result = student.run(perplexity_of_gpt2, seed, 300.0, [list(padded_batch(sequences, "right"))])
    expect_finite(result, losses_of(seed, sequences, 300.0).mean().item())
