"""Four ways to make one vector of a text: which of them carry it, and which of them see the padding."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from ._shared import backbone_of, batches_of, fraction_right, hidden_states, labelled_texts, train_head

CLAIM = (
    "The last real token carries the text and the first one nothing; and padding wider moves whatever reads padding, "
    "which accuracy doesn't show"
)
NEEDS = ("pad_batch", "last_token_pool")
WIDER = 8  # columns of padding that are added to see what they move
COLUMNS = ("vector", "accuracy", f"padded {WIDER} wider", "largest shift of a logit")
WAYS = {"last": "last real token", "first": "first token", "index": "index -1", "mean": "mean, padding included"}


def pad_wider(batch: dict, pad_id: int) -> dict:
    """The same batch with more padding on the right."""
    return {
        **batch,
        "input_ids": F.pad(batch["input_ids"], (0, WIDER), value=pad_id),  # (B, T + WIDER)
        "attention_mask": F.pad(batch["attention_mask"], (0, WIDER)),
    }


def measure(student, backbone, seed, track):
    language_model, tokenizer = backbone()
    model = backbone_of(language_model)
    pools = {
        "last": student.last_token_pool,
        "first": lambda hidden, mask: hidden[:, 0],
        "index": lambda hidden, mask: hidden[:, -1],
        "mean": lambda hidden, mask: hidden.mean(dim=1),
    }

    def read(split: str, count: int, wide: bool = False) -> tuple[dict, torch.Tensor]:
        """Vectors (N, D) in each way, and labels (N,)."""
        rows = labelled_texts(backbone, "sentiment", split, count, seed)
        vectors = {way: [] for way in WAYS}
        name = "wider" if wide else split
        for batch in track(batches_of(student, tokenizer, rows), f"reading {name} texts"):
            if wide:
                batch = pad_wider(batch, tokenizer.pad_token_id)
            hidden = hidden_states(model, batch)  # (B, T, D)
            for way, pool in pools.items():
                vectors[way].append(pool(hidden, batch["attention_mask"]))  # (B, D)
        return {way: torch.cat(found) for way, found in vectors.items()}, torch.tensor([row["label"] for row in rows])

    # Read every text once
    train_count, test_count = (800, 400) if backbone.name == "tiny" else (300, 150)
    train, train_labels = read("train", train_count)
    test, labels = read("test", test_count)
    wider, _ = read("test", test_count, wide=True)

    # Train one head for each way, and see what it makes of the same texts padded wider
    accuracy, shift = {}, {}
    for way in WAYS:
        torch.manual_seed(seed)
        head = train_head(train[way], train_labels, 2)
        with torch.no_grad():
            accuracy[way] = fraction_right(head, test[way], labels)
            accuracy[f"{way}_wider"] = fraction_right(head, wider[way], labels)
            shift[way] = (head(wider[way]) - head(test[way])).abs().max().item()
    return {"accuracy": accuracy, "shift": shift}


def rows(figures):
    for way, name in WAYS.items():
        accuracy, wider = figures.accuracy[way], figures.accuracy[f"{way}_wider"]
        yield name, round(accuracy, 3), round(wider, 3), float(f"{figures.shift[way]:.2g}")


def claims(figures):
    # Five seeds: last 0.985 to 0.998, first 0.485 to 0.545 (400 texts, so 0.025 by chance), index -1 and the mean
    # 0.973 to 0.990; shifts 7.7 to 9.6, 0.77 to 1.02 and 2e-6. Limits are four or more deviations away.
    accuracy, shift = figures.accuracy, figures.shift
    yield (
        accuracy["last"] - accuracy["first"] > 0.35 and abs(accuracy["first"] - 0.5) < 0.1,
        f"the last real token gets {accuracy['last']:.1%} right, the first {accuracy['first']:.1%}: it has seen only "
        "itself",
    )
    yield (
        shift["last"] < 1e-3 and shift["index"] > 3 and shift["mean"] > 0.3,
        f"{WIDER} more columns of padding move the logits of index -1 by up to {shift['index']:.2f}, of the mean "
        f"with padding by {shift['mean']:.2f}, of the last real token by {shift['last']:.0e}",
    )
    yield (
        accuracy["index"] > 0.9 and accuracy["mean"] > 0.9,
        f"yet index -1 gets {accuracy['index']:.1%} right and the mean with padding {accuracy['mean']:.1%}, so "
        "accuracy alone does not give them away",
    )


def draw(axes, figures):
    narrow = [figures.accuracy[way] for way in WAYS]
    wide = [figures.accuracy[f"{way}_wider"] for way in WAYS]
    positions = range(len(WAYS))
    axes.bar([x - 0.2 for x in positions], narrow, 0.38, color="#4c72b0", label="as trained")
    axes.bar([x + 0.2 for x in positions], wide, 0.38, color="#9fb8dc", label=f"padded {WIDER} wider")
    for x, way in enumerate(WAYS):
        shift = figures.shift[way]
        text = "logits move 0.0" if shift < 0.005 else f"logits move {shift:.1f}"
        axes.text(x, max(narrow[x], wide[x]) + 0.02, text, ha="center", fontsize=9)
    axes.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
    axes.set_xticks(list(positions), [name.replace(", ", ",\n") for name in WAYS.values()])
    axes.set_ylim(0, 1.12)
    axes.set_ylabel("accuracy")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9)
