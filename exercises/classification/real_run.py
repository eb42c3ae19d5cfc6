"""The lesson with a real model and real reviews, using your own code.

    python exercises/classification/real_run.py                     GPT-2 124M on SST-2, from the hub; a GPU helps
    python exercises/classification/real_run.py --backbone smollm2 --data pypi --train 600 --test 200    for a CPU
    python exercises/classification/real_run.py --lesson solutions/classification/classification.py ...

For each strategy a fresh model is finetuned at 1e-3 (head) and 1e-5 (backbone). Printed are the accuracy on unseen
reviews, the perplexity on plain text before and after, and how many of eight continuations are the same; `--out`
keeps these figures.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch

from autograder.experiments import load_file
from autograder.scripts import load_module, run_script

HERE = Path(__file__).resolve().parent
SETTINGS = ("backbone", "data", "train", "test", "epochs", "batch", "device")


def on(device: str, batches: list[dict]) -> list[dict]:
    return [{name: tensor.to(device) for name, tensor in batch.items()} for batch in batches]


def run(
    student, strategy: str, *, backbone: str, data: str, train: int, test: int, epochs: int, batch: int, device: str
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
    for epoch in range(epochs):
        random.Random(epoch).shuffle(batches["train"])
        result["loss"] = student.train_epoch(model, batches["train"], optimizer)
        print(f"{strategy}, epoch {epoch + 1}: loss {result['loss']:.3f}", flush=True)

    # After
    result["accuracy"] = student.accuracy(model, batches["test"])
    result["after"] = student.perplexity(language_model, general)
    says, _ = shared.generations(language_model, tokenizer, plain[:8])
    result["same"] = sum(one == other for one, other in zip(said, says, strict=True))
    result["total"], result["trained"] = student.count_parameters(model)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", default="gpt2", help="gpt2, smollm2, tiny, a folder or a hub name")
    parser.add_argument(
        "--data", default="hub", choices=("tiny", "pypi", "hub"), help="pypi: Rotten Tomatoes; hub: SST-2"
    )
    parser.add_argument("--train", type=int, default=8000)
    parser.add_argument("--test", type=int, default=800)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--strategies", nargs="+", default=["frozen", "last-2"])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--lesson", type=Path, default=HERE / "classification.py")
    parser.add_argument("--out", type=Path, help="folder for one JSON file a strategy, real_BACKBONE_STRATEGY.json")
    options = parser.parse_args()
    student = load_module(options.lesson, "classification_lesson")
    settings = {name: getattr(options, name) for name in SETTINGS}
    for strategy in options.strategies:
        start = time.perf_counter()
        result = run(student, strategy, **settings)
        print(
            f"{strategy}: accuracy {result['accuracy']:.3f}, {result['trained']:,} of {result['total']:,} trained, "
            f"perplexity {result['before']:.2f} before and {result['after']:.2f} after, {result['same']} of 8 the same"
        )
        if options.out is not None:
            kept = {"strategy": strategy, **settings, **result, "seconds": round(time.perf_counter() - start, 1)}
            options.out.mkdir(parents=True, exist_ok=True)
            name = f"real_{Path(options.backbone).name}_{strategy}.json"
            (options.out / name).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_script(main)
