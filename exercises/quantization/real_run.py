"""The lesson with a real model and real reviews, using your own code.

    python exercises/quantization/real_run.py                    GPT-2 124M on SST-2, from the hub; a GPU helps
    python exercises/quantization/real_run.py --backbone smollm2 --data pypi --method qlora      for a CPU
    python exercises/quantization/real_run.py --lesson solutions/quantization/quantization.py ...

The model learns to go on after "Review: ... Sentiment:" with " positive" or " negative". Every linear layer of its
blocks gets an adapter, as in the QLoRA paper; the weights stay in 32 bits with `--method lora`, are in NF4 by your own
layers with `--method qlora`, and by those of bitsandbytes with `--method bnb`. Printed are the bytes of the blocks, the
perplexity on plain text, and the accuracy before and after; `--out FILE.json` keeps these figures.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
from pathlib import Path

import torch
from torch.nn import functional as F

from autograder import real_runs
from autograder.experiments import load_file
from autograder.finetuning import encode
from autograder.scripts import CourseError, run_script

HERE = Path(__file__).resolve().parent
METHODS = ("lora", "qlora", "bnb")


def loaded_in_4bit(student, model, device: str):
    """The same model, saved and loaded again by your `load_in_4bit`, through transformers and bitsandbytes."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise CourseError("--method bnb needs bitsandbytes: pip install -e '.[quant]'.")
    return load_file(HERE / "experiments" / "loaded_in_4bit.py").save_and_load(student, model).to(device)


def adapt(student, tools, model, method: str, rank: int) -> list[str]:
    """Freeze the model and put an adapter beside every linear layer of its blocks; gives their names."""
    model.requires_grad_(False)
    layers = list(tools.layers_of(model))
    for name in layers:
        kind = student.QLoRALinear if method == "qlora" else tools.LoRA
        model.set_submodule(name, kind(tools.as_linear(model.get_submodule(name)), rank, 2 * rank))
    return layers


def bytes_held(tools, layer) -> int:
    """Bytes of a layer and its adapter; bitsandbytes keeps the scales beside its weight, not among the buffers."""
    states = (getattr(one, "quant_state", None) for one in layer.parameters())
    scales = sum(state.absmax.numel() * state.absmax.element_size() for state in states if state is not None)
    return tools.bytes_of(layer) + scales


def answers(tokenizer, device: str) -> torch.Tensor:
    """First tokens of " negative" and " positive"."""
    return torch.tensor([tokenizer(word)["input_ids"][0] for word in (" negative", " positive")], device=device)


def scores(model, tokenizer, rows: list[dict], device: str) -> torch.Tensor:
    """Logits of the two answers after each review, (B, 2)."""
    texts = [f"Review: {row['text']}\nSentiment:" for row in rows]
    batch = {name: tensor.to(device) for name, tensor in encode(texts, tokenizer).items()}
    last = batch["attention_mask"].sum(1) - 1
    logits = model(**batch, use_cache=False).logits
    return logits[torch.arange(len(rows), device=device), last][:, answers(tokenizer, device)]


@torch.no_grad()
def accuracy(model, tokenizer, rows: list[dict], device: str) -> float:
    """Share of the reviews whose right answer is the likelier of the two."""
    right = 0
    for start in range(0, len(rows), 50):
        part = rows[start : start + 50]
        labels = torch.tensor([row["label"] for row in part], device=device)
        right += (scores(model, tokenizer, part, device).argmax(1) == labels).sum().item()
    return right / len(rows)


def run(
    student,
    method: str,
    *,
    backbone: str,
    data: str,
    steps: int,
    batch: int,
    test: int,
    rank: int,
    rate: float,
    device: str,
    kept: real_runs.Kept | None = None,
) -> dict:
    """Adapt and finetune one model; what came out."""
    from autograder.backbone import load_backbone, sentiment

    tools = load_file(HERE / "experiments" / "_shared.py")
    kept = kept or real_runs.Kept()
    torch.manual_seed(0)
    model, tokenizer = load_backbone(backbone, device)
    plain = tools.pieces(tokenizer, 0, 4, length=128).to(device)
    found = {"method": method, "backbone": backbone, "data": data, "device": device}
    found["perplexity"] = kept.once("perplexity", lambda: tools.perplexity(model, plain))
    found["bytes before"] = sum(tools.bytes_of(layer) for layer in tools.layers_of(model).values())
    if method == "bnb":
        model = loaded_in_4bit(student, model, device)
    layers = adapt(student, tools, model, method, rank)
    model.to(device)
    found["bytes"] = sum(bytes_held(tools, model.get_submodule(name)) for name in layers)
    found["perplexity adapted"] = tools.perplexity(model, plain)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    found["trained"] = sum(parameter.numel() for parameter in trained)
    unseen = sentiment(data, "test", test)
    found["accuracy before"] = kept.once("before", lambda: accuracy(model, tokenizer, unseen, device))
    print(
        f"{method}: {found['bytes'] / 1e6:.1f} MB in the blocks, accuracy {found['accuracy before']:.3f} before",
        flush=True,
    )

    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.0)
    rows = sentiment(data, "train", steps * batch)
    random.Random(0).shuffle(rows)
    losses: list[float] = []
    for step in kept.steps(method, steps, {"model": model, "optimizer": optimizer}, losses):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 5) * (1 - step / steps)
        part = rows[step * batch : (step + 1) * batch]
        labels = torch.tensor([row["label"] for row in part], device=device)
        loss = F.cross_entropy(scores(model, tokenizer, part, device), labels)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.item())
        if step % 10 == 9:
            print(f"{method}, step {step + 1}: loss {sum(losses[-10:]) / 10:.3f}", flush=True)
    found["loss"], found["losses"] = sum(losses[-10:]) / len(losses[-10:]), losses
    found["accuracy"] = accuracy(model, tokenizer, unseen, device)
    return found


def show(found: dict) -> None:
    print(
        f"{found['method']}: {found['bytes'] / 1e6:.1f} MB in the blocks instead of {found['bytes before'] / 1e6:.1f}, "
        f"perplexity on plain text {found['perplexity adapted']:.2f} instead of {found['perplexity']:.2f}, accuracy "
        f"{found['accuracy before']:.3f} before and {found['accuracy']:.3f} after {len(found['losses'])} steps"
    )


def draw(axes, found: dict) -> None:
    """The loss, smoothed."""
    losses = found["losses"]
    windows = [losses[max(0, step - 9) : step + 1] for step in range(len(losses))]
    axes.plot(range(1, len(losses) + 1), [sum(window) / len(window) for window in windows], label=found["method"])
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss (mean of 10 steps)")
    axes.set_ylim(bottom=0)
    axes.legend()


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="gpt2", help="gpt2, smollm2, tiny, a folder or a hub name")
    parser.add_argument(
        "--data", default="hub", choices=("tiny", "pypi", "hub"), help="pypi: Rotten Tomatoes; hub: SST-2"
    )
    parser.add_argument("--method", default="qlora", choices=METHODS)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--test", type=int, default=200)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, run, show, draw)


if __name__ == "__main__":
    run_script(main)
