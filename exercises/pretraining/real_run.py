"""The lesson at a real size: your own GPT, trained by your own loop on any file of text.

    python exercises/pretraining/real_run.py --shape 10M --text FILE     10 million numbers; minutes on a GPU
    python exercises/pretraining/real_run.py --shape gpt2 --steps 20     GPT-2's 124 million numbers, a smoke test
    python exercises/pretraining/real_run.py --shape small --steps 100   half a minute on a CPU

Without --text it reads the documentation that comes with Python. The tokens are made from the text (the library
`tokenizers`, byte-level BPE); its last tenth is held out. After every tenth of the steps it says the loss. With --out
FILE.json, your own `save_checkpoint` keeps the run meanwhile, and the same call goes on by your `load_checkpoint`.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import torch

from autograder import real_runs
from autograder.scripts import CourseError, load_module, run_script

HERE = Path(__file__).resolve().parent
SHAPES = {
    "small": {"vocab": 1_024, "positions": 64, "width": 64, "layers": 2, "heads": 4},
    "10M": {"vocab": 8_192, "positions": 256, "width": 320, "layers": 6, "heads": 5},
    "gpt2": {"vocab": 50_257, "positions": 1_024, "width": 768, "layers": 12, "heads": 12},
}
PEAK = {"small": 6e-3, "10M": 1e-3, "gpt2": 6e-4}
END = 0  # the id of the end token
PARTS = 10  # how often a run is looked at


def documents(path: Path | None) -> list[str]:
    """The file's text as one document, or the pages of Python's documentation."""
    if path is not None:
        try:
            return [path.read_text(encoding="utf-8")]
        except UnicodeDecodeError:
            raise CourseError(f"{path} is not UTF-8; convert it, or name another file.") from None
    from pydoc_data.topics import topics

    return list(topics.values())


def new_tokenizer(texts: list[str], vocab: int):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def run(
    lesson,
    gpt,
    texts: list[str],
    shape: str = "small",
    device: str = "cpu",
    steps: int = 100,
    rows: int = 16,
    seed: int = 0,
    kept: real_runs.Kept | None = None,
) -> dict:
    """Train for `steps`, and give the figures."""
    kept = kept or real_runs.Kept()
    sizes = SHAPES[shape]
    length = sizes["positions"]
    tokenizer = new_tokenizer(texts, sizes["vocab"])
    stream = lesson.join_documents([one.ids for one in tokenizer.encode_batch(texts)], END)
    cut = len(stream) * 9 // 10
    if len(stream) - cut < length + 1:
        raise CourseError(f"{len(stream)} tokens are too few for windows of {length}; give a longer --text")
    torch.manual_seed(seed)
    model = gpt.GPT(gpt.GPTConfig(**sizes))
    gpt.init_weights(model)
    model.to(device)
    optimizer = torch.optim.AdamW(lesson.decay_groups(model, 0.1), lr=1.0, betas=(0.9, 0.95))
    peak, warmup = PEAK[shape], max(1, steps // 10)

    def windows(data: torch.Tensor, number: int) -> tuple[torch.Tensor, torch.Tensor]:
        """A batch has a generator of its own, so that a run that goes on draws what one without a stop does."""
        generator = torch.Generator().manual_seed(1_000_003 * seed + number)
        x, y = lesson.random_windows(data, length, rows, generator)
        return x.to(device), y.to(device)

    def held_out() -> float:
        return lesson.evaluate_loss(model, [windows(stream[cut:], number) for number in range(4)])

    found: dict = {"shape": shape, "device": device, "tokens": len(stream), "steps": steps}
    found["numbers"] = sum(parameter.numel() for parameter in model.parameters())
    found["uniform"] = math.log(sizes["vocab"])
    found["bytes_a_token"] = sum(len(text.encode()) for text in texts) / len(stream)
    found["held_out"] = [kept.once("before", held_out)]
    every = max(1, steps // PARTS)
    notes: list[dict] = []  # a step each, and at each tenth the loss that is held out
    begun = time.perf_counter()
    for step in kept.steps(
        "pretraining",
        steps,
        {"model": model, "optimizer": optimizer},
        notes,
        save=lambda path, done: lesson.save_checkpoint(path, model, optimizer, done),
        load=lambda path: lesson.load_checkpoint(path, model, optimizer),
    ):
        rate = lesson.learning_rate(step, peak, peak / 10, warmup, steps)
        (loss,) = lesson.train_gpt(model, [windows(stream[:cut], step)], optimizer, lambda _, rate=rate: rate, 1.0)
        note = {"loss": loss, "seconds": time.perf_counter() - begun}
        notes.append(note)
        if (step + 1) % every == 0 or step + 1 == steps:
            part = notes[step // every * every :]
            note["train"], note["held_out"] = sum(one["loss"] for one in part) / len(part), held_out()
            print(f"step {step + 1}: {note['train']:.3f} on its batches, {note['held_out']:.3f} held out", flush=True)
        begun = time.perf_counter()
    found["train"] = [note["train"] for note in notes if "train" in note]
    found["held_out"] += [note["held_out"] for note in notes if "held_out" in note]
    found["seconds_a_step"] = sum(note["seconds"] for note in notes) / len(notes)
    begin = torch.full((1, 1), END, device=device)
    found["text"] = tokenizer.decode(gpt.generate(model, begin, 40, temperature=0.8, top_k=50)[0, 1:].tolist())
    return found


def show(found: dict) -> None:
    print(f"{found['shape']} on {found['device']}: {found['numbers']:,} numbers, {found['tokens']:,} tokens of text")
    first, last = found["held_out"][0], found["held_out"][-1]
    bits = last / math.log(2) / found["bytes_a_token"]
    print(f"held out: {first:.3f} before (ln V = {found['uniform']:.3f}), {last:.3f} after {found['steps']} steps,")
    print(f"which is {bits:.2f} bits a byte; {found['seconds_a_step']:.2f} s a step")
    print(f"it writes: {found['text']}")


def draw(axes, found: dict) -> None:
    """The loss of the batches, and held out, tenth by tenth."""
    marks = [round(number * found["steps"] / (len(found["held_out"]) - 1)) for number in range(len(found["held_out"]))]
    axes.plot(marks[1:], found["train"], "o-", label="its batches, before their steps")
    axes.plot(marks, found["held_out"], "o-", label="held out")
    axes.axhline(found["uniform"], color="grey", linestyle=":", label="ln V")
    axes.set_xlabel("step")
    axes.set_ylabel("loss, nats a token")
    axes.legend()


def start(lesson, shape: str, text: Path | None, gpt: Path, kept: real_runs.Kept, **options) -> dict:
    """`run` on the files that are named."""
    return run(lesson, load_module(gpt, "gpt_lesson"), documents(text), shape, kept=kept, **options)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shape", choices=SHAPES, default="10M")
    parser.add_argument("--text", type=Path, help="a file of text (default: Python's documentation)")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=16, help="windows in a batch")
    parser.add_argument("--gpt", type=Path, default=HERE.parent / "gpt" / "gpt.py", help="whose GPT is trained")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, start, show, draw)


if __name__ == "__main__":
    run_script(main)
