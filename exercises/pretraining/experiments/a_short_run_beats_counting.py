"""A small GPT, trained for less than half a minute, beside tables of how often tokens follow each other."""

from __future__ import annotations

import time
from collections import Counter
from itertools import islice

import torch

from ._shared import BLUE, GREY, Shape, Text, drawn, held_out_batches, new_model, run

CLAIM = "A GPT trained for some CPU-seconds beats counted pairs on held-out text, and not yet counted triples"
NEEDS = ("join_documents", "random_windows", "learning_rate", "decay_groups", "evaluate_loss", "train_gpt")
COLUMNS = ("what guesses the next token", "nats a token, held out")

DOCUMENTS = {"train": 8000, "held_out": 500}
LENGTH, WIDTH = 64, 64
STEPS, EVERY, PEAK, WARMUP = 250, 50, 6e-3, 30
SMOOTH = 4  # counts that the shorter context gets a say with


def measure(student, backbone, seed, track):
    text = world(student, backbone()[1], seed)
    single, pairs, triples = counted(text)
    held_out = held_out_batches(student, text, LENGTH, 32, 8)
    model = new_model(student, Shape(text.vocab, LENGTH, WIDTH), seed)
    batches = drawn(student, text.train, torch.Generator().manual_seed(seed), LENGTH)

    def schedule(step):
        return student.learning_rate(step, PEAK, PEAK / 10, WARMUP, STEPS)

    start = time.process_time()
    found = run(student, model, batches, held_out, schedule, STEPS, EVERY, track=track, told="a GPT of 2 layers")
    return {
        "counted": {"single": single, "pairs": pairs, "triples": triples},
        "gpt": found.held_out[-1],
        "seconds": time.process_time() - start,
        "curve": found.held_out,
    }


def world(student, tokenizer, seed: int) -> Text:
    """Documents of all kinds, with all tokens of the course's model."""
    from autograder.backbone.world import documents

    streams = {
        split: student.join_documents(
            tokenizer(list(islice(documents(f"pretraining:{seed}", held_out=split == "held_out"), count)))["input_ids"],
            0,
        )
        for split, count in DOCUMENTS.items()
    }
    return Text(**streams, vocab=len(tokenizer))


def counted(text: Text) -> tuple[float, float, float]:
    """Nats a token on the held-out stream by counts of single tokens, of pairs and of triples. Each backs off: it adds
    the guess of the shorter context as if it had been seen SMOOTH times."""
    ids, asked = text.train.tolist(), text.held_out.tolist()
    ones, twos = Counter(ids), Counter(zip(ids, ids[1:], strict=False))
    threes = Counter(zip(ids, ids[1:], ids[2:], strict=False))

    def one(token: int) -> float:
        return (ones[token] + SMOOTH / text.vocab) / (len(ids) + SMOOTH)

    def two(before: int, token: int) -> float:
        return (twos[before, token] + SMOOTH * one(token)) / (ones[before] + SMOOTH)

    def three(first: int, before: int, token: int) -> float:
        return (threes[first, before, token] + SMOOTH * two(before, token)) / (twos[first, before] + SMOOTH)

    places = list(zip(asked, asked[1:], asked[2:], strict=False))
    guesses = [(one(token), two(before, token), three(first, before, token)) for first, before, token in places]
    single, pairs, triples = -torch.tensor(guesses, dtype=torch.float64).log().mean(dim=0)
    return single.item(), pairs.item(), triples.item()


def rows(figures):
    for name, value in figures.counted.items():
        yield f"counted {name}", f"{value:.2f}"
    yield f"a GPT after {STEPS} steps ({figures.seconds:.0f} CPU-s)", f"{figures.gpt:.2f}"


def claims(figures):
    counted = figures.counted
    yield (
        figures.gpt < counted["pairs"] - 0.2,
        f"the GPT {figures.gpt:.2f}, counted pairs {counted['pairs']:.2f}, single tokens {counted['single']:.2f}",
    )
    yield figures.gpt > counted["triples"], f"counted triples {counted['triples']:.2f}: a longer run is needed"


def draw(axes, figures) -> None:
    axes.plot(range(0, STEPS + 1, EVERY), figures.curve, color=BLUE, marker="o", markersize=4)
    axes.text(STEPS + 5, figures.gpt, f"GPT {figures.gpt:.2f}", va="center", color=BLUE)
    for name, value in figures.counted.items():
        axes.axhline(value, xmax=0.8, color=GREY, linestyle="--", linewidth=1)
        axes.text(STEPS + 5, value, f"{name} {value:.2f}", va="center", color="black")
    axes.set_xlim(0, 1.25 * STEPS)
    axes.set_ylim(0, None)
    axes.set_xlabel("steps (dashed: counts)")
    axes.set_ylabel("nats a token, held out")
