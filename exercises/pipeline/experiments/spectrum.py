"""Every method of the spectrum on the same model: how much it trains, how far the weights move, how far the outputs."""

from __future__ import annotations

import copy

import torch

from autograder.experiments import no_track

from ._base import tiny_base, tools_for, tools_of
from ._drift import kl_to, relative_change
from ._figures import pick

CLAIM = (
    "The adaptation spectrum, measured: by the number of weights that are trained, the course's order; by how far they "
    "move, it is the training that decides"
)
NEEDS = ("run_pipeline", "adaptation_fraction")
COLUMNS = ("method", "trained, % of the model", "relative change of the weights", "KL to the base, nats a token")
FIGURES = ("trained", "change", "KL")


def measure(student, backbone, seed, track):
    from autograder.backbone import text

    tools_of(student, "GPT2ForClassification", "prepare_finetuning", "train_epoch", "pad_batch")
    tools = tools_for(student)
    base = tiny_base(backbone, seed, no_track)
    base.steps = {"sft": 40, "alignment": 15, "lora": 40}
    base.gate = lambda stage, before, after, tokenizer: {"passed": True}
    # Adapt
    models = {"none": base.model}
    for method in track(student.SPECTRUM[1:], "adapting"):
        torch.manual_seed(seed)
        models[method] = adapted(student, tools, base, method, seed).eval()
    # Measure
    texts, figures = text("test", 30, seed), {}
    for method, model in models.items():
        figures[f"{method}, trained"] = student.adaptation_fraction(base.model, method)
        figures[f"{method}, change"] = relative_change(student, base.model, model)
        figures[f"{method}, KL"] = kl_to(base.model, model, base.tokenizer, texts)
    return {"methods": list(student.SPECTRUM), **figures}


def adapted(student, tools, base, method: str, seed: int):
    """A copy of the base model after one method."""
    if method == "classification_head":
        return with_head(tools, base, seed)
    if method == "full_finetuning":
        return finetuned(tools, base, seed)
    run = {"sft", method} if method == "alignment" else {method}
    skip = tuple(stage for stage in ("sft", "alignment", "lora", "quantization") if stage not in run)
    return student.run_pipeline(tools, base, skip)["model"]


def with_head(tools, base, seed: int):
    """An epoch of a sentiment classifier on the frozen model."""
    from autograder.backbone import sentiment

    model = copy.deepcopy(base.model)
    classifier = tools.GPT2ForClassification(model.transformer, 2)
    optimizer = tools.prepare_finetuning(classifier, "frozen", 1e-3, 1e-3)
    rows, batches = sentiment("tiny", "train", 128, seed), []
    for start in range(0, len(rows), 16):
        part = rows[start : start + 16]
        batch = tools.pad_batch([base.tokenizer(row["text"])["input_ids"] for row in part], 0)  # (B, T)
        batches.append({**batch, "labels": torch.tensor([row["label"] for row in part])})  # (B,)
    tools.train_epoch(classifier, batches, optimizer)
    return model


def finetuned(tools, base, seed: int):
    """Forty steps of all weights on plain reviews, every token supervised."""
    from autograder.backbone import text

    model = copy.deepcopy(base.model)
    ids = [base.tokenizer(one)["input_ids"] for one in text("train", 256, seed, kind="review")]
    examples = [{"input_ids": row, "loss_mask": [1] * len(row)} for row in ids]
    batches = [tools.collate_chats(examples[start : start + 16], 0) for start in range(0, len(examples), 16)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    tools.train_sft(model, batches, optimizer, 40)
    return model


def rows(figures):
    for method in figures.methods:
        trained, change, kl = (pick(figures, method, name) for name in FIGURES)
        yield method, round(100 * trained, 3), round(change, 4), round(kl, 4)


def claims(figures):
    # Counts are exact. Five seeds: LoRA moves the weights by 0.177 to 0.189, SFT by 0.051 to 0.053, alignment adds
    # next to nothing to that; full finetuning 0.096 to 0.098; the KL to the base is 0.12 to 0.48 for all four.
    trained, change, kl = ({method: pick(figures, method, name) for method in figures.methods} for name in FIGURES)
    order, moving = list(trained.values()), figures.methods[2:]
    yield (
        order == sorted(order) and 0 < order[1] < order[2] < 0.1 and order[3:] == [1.0] * 3,
        f"trained: head {100 * order[1]:.2f}%, LoRA {100 * order[2]:.2f}%, the other three everything",
    )
    yield (
        change["none"] == change["classification_head"] == 0 and kl["classification_head"] < 1e-6,
        "none and a head leave every weight of the model as it was",
    )
    yield (
        all(change[method] > 1e-2 and kl[method] > 1e-2 for method in moving),
        "the other four move the weights by " + ", ".join(f"{change[method]:.3f} ({method})" for method in moving),
    )
    yield (
        change["lora"] > 2 * change["sft"],
        "how many are trained is not how far they move: LoRA, at its higher rate, moved them "
        f"{change['lora'] / change['sft']:.1f} times as far as SFT",
    )


def draw(axes, figures):
    change = [pick(figures, method, "change") for method in figures.methods]
    axes.barh(figures.methods, change, color="#4c72b0", height=0.55)
    for index, method in enumerate(figures.methods):
        words = f"{100 * pick(figures, method, 'trained'):.3g}% trained, KL {pick(figures, method, 'KL'):.2g}"
        axes.annotate(words, (change[index], index), (4, 0), textcoords="offset points", va="center", fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.9 * max(change))
    axes.set_xlabel("relative change of the weights, ‖W' - W‖ / ‖W‖")
