"""What a longer context is worth: counted n-grams against each other and against a model, on text neither has seen."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import torch

from autograder.experiments import require

from ._shared import BLUE, GREEN, ORANGE, as_stream, texts

CLAIM = "Context buys loss: every further token that a model looks at makes the next one easier to guess"
NEEDS = ("shift_targets", "bigram_counts", "bigram_probs", "next_token_loss")
COLUMNS = ("what guesses", "nats a token")
ROWS, LENGTH = 80, 128  # of held-out text
BACK_OFF = 4.0  # counts that the shorter context is worth
SPANS = ((0, 2), (2, 8), (8, 32), (32, LENGTH - 1))  # of positions
NAMES = ("1 to 2", "3 to 8", "9 to 32", "33 to 127")


def measure(student, backbone, seed, track):
    model, tokenizer = backbone()
    size, end = model.config.vocab_size, tokenizer.eos_token_id
    train, held_out = (as_stream(tokenizer(some)["input_ids"], end) for some in texts(seed))
    require(len(held_out) >= ROWS * LENGTH, f"the held-out text has {len(held_out)} tokens, too few.")
    counts = student.bigram_counts(train, size)
    inputs, targets = student.shift_targets(held_out[: ROWS * LENGTH].view(ROWS, LENGTH))
    losses = counted(counts, train.tolist(), held_out[: ROWS * LENGTH].view(ROWS, LENGTH).tolist(), track)
    log_probs = student.bigram_probs(counts, 0.01).log()
    found = [
        student.next_token_loss(log_probs[row][None], target[None]) for row, target in zip(inputs, targets, strict=True)
    ]
    with torch.no_grad():
        logits = torch.cat(
            [model(some, attention_mask=torch.ones_like(some)).logits for some in inputs.split(20)]
        )  # (ROWS, LENGTH - 1, V)
    places = torch.arange(LENGTH - 1)
    by_span = {}
    for name, (start, stop) in zip(NAMES, SPANS, strict=True):
        asked = targets.masked_fill((places < start) | (places >= stop), -100)
        by_span[name] = student.next_token_loss(logits, asked).item()
    return {
        "grams": losses,
        "bigram": torch.stack(found).mean().item(),
        "model": student.next_token_loss(logits, targets).item(),
        "span": by_span,
    }


def counted(counts: torch.Tensor, train: list[int], held_out: list[list[int]], track) -> dict[str, float]:
    """Nats a token of n-grams, n = 1 to 4; each backs off to the shorter one where it has counted little."""
    totals, size = counts.sum(dim=0).tolist(), len(counts)
    seen = sum(totals)
    guesses = [lambda context, token: (totals[token] + BACK_OFF / size) / (seen + BACK_OFF)]
    for n in track(range(2, 5), "counting n-grams"):
        table: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
        for end in range(n - 1, len(train)):
            table[tuple(train[end - n + 1 : end])][train[end]] += 1
        guesses.append(backing_off(table, n, guesses[-1]))
    found = {}
    for n, guess in enumerate(guesses, start=1):
        losses = [
            -math.log(guess(tuple(row[max(0, place - n + 1) : place]), row[place]))
            for row in held_out
            for place in range(3, len(row))
        ]
        found[f"n_{n}"] = sum(losses) / len(losses)
    return found


def backing_off(table, n, shorter):
    """The probability of a token after n - 1 others, mixed with that after n - 2."""
    sums = {context: sum(after.values()) for context, after in table.items()}

    def guess(context, token):
        after = table[context][token] if context in sums else 0
        return (after + BACK_OFF * shorter(context[1:], token)) / (sums.get(context, 0) + BACK_OFF)

    return guess


def rows(figures):
    for n, loss in enumerate(figures.grams.values(), start=1):
        yield f"counts, {n - 1} tokens of context", round(loss, 2)
    yield "your bigrams, smoothed by 0.01", round(figures.bigram, 2)
    yield "the model, all positions", round(figures.model, 2)
    for name, loss in figures.span.items():
        yield f"the model, guesses {name} of a row", round(loss, 2)


def claims(figures):
    # Five seeds: 5.52 to 5.54, 2.25 to 2.32, 1.49 to 1.59, 1.45 to 1.55; in each the last two are .02 apart or more.
    grams, spans = list(figures.grams.values()), list(figures.span.values())
    yield (
        all(shorter > longer for shorter, longer in zip(grams, grams[1:], strict=False)),
        "with 0, 1, 2 and 3 tokens of context counts give " + ", ".join(f"{loss:.2f}" for loss in grams) + " nats",
    )
    yield figures.model < grams[-1], f"a model that looks at everything gives {figures.model:.2f}"
    yield (
        spans[0] > spans[1] > spans[2] and abs(spans[3] - spans[2]) < 0.5 * (spans[1] - spans[2]),
        "within a text its loss falls: " + ", ".join(f"{loss:.2f}" for loss in spans),
    )


def draw(axes, figures):
    labels = [f"{n} before" for n in range(4)] + ["model"]
    values = [*figures.grams.values(), figures.model]
    axes.bar(labels, values, 0.6, color=[BLUE] * 4 + [GREEN])
    spans = [f"guess {name}" for name in figures.span]
    axes.bar(spans, list(figures.span.values()), 0.6, color=ORANGE, label="the model, by place in the text")
    for index, value in enumerate([*values, *figures.span.values()]):
        axes.text(index, value + 0.08, f"{value:.2f}", ha="center")
    axes.tick_params("x", rotation=40)
    axes.set_ylabel("nats a token")
    axes.legend(loc="upper right")
