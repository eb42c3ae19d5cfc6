"""What a model writes before training: how often each token comes, and how sure the model is of anything."""

from __future__ import annotations

import math

import torch

from ._shared import BLUE, GREY, fresh

CLAIM = "An untrained model's text is uniform: its entropy is within 1% of ln V"
NEEDS = ("GPT", "init_weights", "generate")
COLUMNS = ("", "entropy", "of ln V", "the token before again, times chance")

VOCAB, WIDTH, ROWS, NEW = 64, 64, 200, 25
WIDE = {"narrow": 64, "wide": 768}


def measure(student, backbone, seed, track):
    generator = torch.Generator().manual_seed(seed)
    model = fresh(student, vocab=VOCAB, positions=NEW + 1, width=WIDTH, layers=2, heads=4)
    begin = torch.randint(VOCAB, (ROWS, 1))
    text = student.generate(model, begin, NEW, generator=generator)  # (ROWS, 1 + NEW)
    counts = torch.bincount(text[:, 1:].flatten(), minlength=VOCAB)
    share = {"text": torch.special.entr(counts / counts.sum()).sum().item() / math.log(VOCAB)}
    again = {"text": VOCAB * (text[:, 1:] == text[:, :-1]).float().mean().item()}
    vocab = 2048
    for name, width in track(WIDE.items(), "two widths"):
        model = fresh(student, vocab=vocab, positions=64, width=width, layers=2, heads=4)
        ids = torch.randint(vocab, (4, 64))
        with torch.no_grad():
            probs = model(ids).softmax(dim=-1)
        share[name] = torch.special.entr(probs).sum(dim=-1).mean().item() / math.log(vocab)
        again[name] = vocab * probs.gather(-1, ids[..., None]).mean().item()
    return {"share": share, "again": again, "counts": counts.tolist()}


def rows(figures):
    said = {"text": (f"{ROWS * NEW:,} tokens written, {WIDTH} wide", VOCAB)}
    said |= {name: (f"guesses, {width} wide", 2048) for name, width in WIDE.items()}
    for name, (words, vocab) in said.items():
        share = figures.share[name]
        yield words, f"{share * math.log(vocab):.3f}", f"{share:.2%}", f"{figures.again[name]:.1f}"


def claims(figures):
    share, again = figures.share, figures.again
    # 5,000 draws from 64 equal tokens have an entropy 63 / 10,000 nats short of ln 64: 99.85% of it.
    # Five seeds: 99.79 to 99.87%; 99.83%; 97.94 to 97.98%; 2.1 and 2.9 times chance, or more.
    yield share["text"] > 0.99, f"the text's entropy is {share['text']:.2%} of ln {VOCAB}"
    yield share["narrow"] > 0.99, f"the guesses' entropy is {share['narrow']:.2%} of ln 2,048"
    yield 0.96 < share["wide"] < 0.99, f"768 wide it is {share['wide']:.2%}: tied logits spread with √width"
    lean = min(again["narrow"], again["wide"])
    yield lean > 1.5, f"the token just read is {lean:.1f} times as likely as chance, or more: the table is tied"


def draw(axes, figures) -> None:
    axes.bar(range(VOCAB), figures.counts, color=BLUE)
    axes.axhline(ROWS * NEW / VOCAB, color=GREY, linestyle="--", linewidth=1)
    axes.set_ylim(0, 1.6 * ROWS * NEW / VOCAB)
    axes.set_xlabel(f"token (dashed: {ROWS * NEW:,} / {VOCAB})")
    axes.set_ylabel("times written")
