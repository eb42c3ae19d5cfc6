"""A small GPT, trained for some seconds on reviews, beside tables of how often tokens follow each other there."""

from __future__ import annotations

import time
from collections import Counter

import torch

from ._shared import BLUE, GREY, Shape, Text, drawn, held_out_batches, new_model, reviews, run

CLAIM = "A GPT trained for some CPU-seconds beats counted pairs, and counted triples, on held-out text"
NEEDS = ("join_documents", "random_windows", "learning_rate", "decay_groups", "evaluate_loss", "train_gpt")
COLUMNS = ("what guesses the next token", "nats a token, held out")

STEPS, EVERY, PEAK, WARMUP = 300, 25, 1e-2, 40
SMOOTH = 4  # counts that the shorter context gets a say with


def measure(student, backbone, seed, track):
    text = reviews(student, backbone()[1], seed)
    single, pairs, triples = counted(text)
    held_out = held_out_batches(student, text)
    model = new_model(student, Shape(text.vocab), seed)
    batches = drawn(student, text.train, torch.Generator().manual_seed(seed))

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
    yield figures.gpt < counted["triples"] - 0.02, f"counted triples {counted['triples']:.2f}"


def draw(axes, figures) -> None:
    axes.plot(range(0, STEPS + 1, EVERY), figures.curve, color=BLUE, marker="o", markersize=4)
    axes.text(STEPS + 5, figures.gpt, f"GPT {figures.gpt:.2f}", va="center", color=BLUE)
    for name in ("pairs", "triples"):
        value = figures.counted[name]
        axes.axhline(value, xmax=0.8, color=GREY, linestyle="--", linewidth=1)
        axes.text(STEPS + 5, value, f"{name} {value:.2f}", va="center", color="black")
    axes.set_xlim(0, 1.25 * STEPS)
    axes.set_ylim(1, 2.6)  # single tokens are far above, and so is the start
    axes.set_xlabel("steps (dashed: counts)")
    axes.set_ylabel("nats a token, held out")
