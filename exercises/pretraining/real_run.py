"""The lesson at a real size: your own GPT, trained by your own loop on any file of text.

    python exercises/pretraining/real_run.py --shape 10M --text FILE     10 million numbers; minutes on a GPU
    python exercises/pretraining/real_run.py --shape gpt2 --steps 20     GPT-2's 124 million numbers, a smoke test
    python exercises/pretraining/real_run.py --shape small --steps 100   half a minute on a CPU

Without --text it reads the documentation that comes with Python. The tokens are made from the text (the library
`tokenizers`, byte-level BPE); its last tenth is held out. After every tenth of the steps it says the loss, and keeps a
checkpoint where --checkpoint names a file; --resume goes on from there.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import torch

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
        return [path.read_text(encoding="utf-8")]
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
    checkpoint: Path | None = None,
    resume: bool = False,
) -> dict:
    """Train for `steps` and give the figures. With `resume`, the steps that `checkpoint` has are not done again."""
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
    done = 0
    if resume and checkpoint is not None:
        done = lesson.load_checkpoint(checkpoint, model, optimizer)
    peak, warmup = PEAK[shape], max(1, steps // 10)

    def batches(data: torch.Tensor, start: int, stop: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """A batch has a generator of its own, so that a resumed run draws what one without a stop does."""
        for number in range(start, stop):
            generator = torch.Generator().manual_seed(1_000_003 * seed + number)
            x, y = lesson.random_windows(data, length, rows, generator)
            yield x.to(device), y.to(device)

    def held_out() -> float:
        return lesson.evaluate_loss(model, batches(stream[cut:], 0, 4))

    found: dict = {"shape": shape, "device": device, "tokens": len(stream), "steps": steps, "from": done}
    found["numbers"] = sum(parameter.numel() for parameter in model.parameters())
    found["uniform"] = math.log(sizes["vocab"])
    found["bytes_a_token"] = sum(len(text.encode()) for text in texts) / len(stream)
    found["held_out"], found["train"] = [held_out()], []
    start, begun = time.perf_counter(), done
    every = max(1, steps // PARTS)
    while done < steps:
        stop = min(steps, done + every)
        losses = lesson.train_gpt(
            model,
            batches(stream[:cut], done, stop),
            optimizer,
            lambda step, done=done: lesson.learning_rate(done + step, peak, peak / 10, warmup, steps),
            1.0,
        )
        done = stop
        found["train"].append(sum(losses) / len(losses))
        found["held_out"].append(held_out())
        print(f"step {done}: {found['train'][-1]:.3f} on its batches, {found['held_out'][-1]:.3f} held out", flush=True)
        if checkpoint is not None:
            lesson.save_checkpoint(checkpoint, model, optimizer, done)
    found["seconds_a_step"] = (time.perf_counter() - start) / max(1, done - begun)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="10M")
    parser.add_argument("--text", type=Path, help="a file of text (default: Python's documentation)")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=16, help="windows in a batch")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--checkpoint", type=Path, help="a file to keep the run in")
    parser.add_argument("--resume", action="store_true", help="go on from --checkpoint")
    parser.add_argument("--lesson", type=Path, default=HERE / "pretraining.py")
    parser.add_argument("--gpt", type=Path, default=HERE.parent / "gpt" / "gpt.py", help="whose GPT is trained")
    parser.add_argument("--out", type=Path, help="a file for the figures, as JSON")
    options = parser.parse_args()
    found = run(
        load_module(options.lesson, "pretraining_lesson"),
        load_module(options.gpt, "gpt_lesson"),
        documents(options.text),
        options.shape,
        options.device,
        options.steps,
        options.rows,
        checkpoint=options.checkpoint,
        resume=options.resume,
    )
    show(found)
    if options.out:
        options.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run_script(main)
