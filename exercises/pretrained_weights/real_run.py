"""The lesson at a real size: weights that others trained, out of their file, in your own GPT, with your own functions.

    python exercises/pretrained_weights/real_run.py --backbone tiny            the course's own model; seconds on a CPU
    python exercises/pretrained_weights/real_run.py --backbone gpt2            GPT-2 124M from the hub; gpt2-medium,
                                                                               gpt2-large and gpt2-xl as well
    python exercises/pretrained_weights/real_run.py --backbone DIR             a repository of the hub that you have
    python exercises/pretrained_weights/real_run.py --backbone none            GPT-2's shape, drawn at random

It reads model.safetensors or pytorch_model.bin, whose names go to your `convert_weights` as they are, takes the heads
from config.json, and puts your GPT beside the library's: three levels of proof in float32, the logits once more in
float64, and what both write. The larger logits are, the more coarsely float32 rounds them: where float32 alone is more
than 1e-4 off, that is rounding; a mistake stays in float64.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from autograder import real_runs
from autograder.experiments import load_file
from autograder.scripts import CourseError, load_module, run_script

HERE = Path(__file__).resolve().parent
FILES = ["config.json", "generation_config.json", "model.safetensors", "tokenizer*.json", "vocab.json", "merges.txt"]
NEW, LENGTH = 24, 48
TEXT = (
    "The architecture is the vessel, and the weights are the knowledge. Mia read from the map: the capital of Peru is"
)
PROMPT = "The capital of France is"


def folder_of(name: str) -> Path:
    """Where the files of a model lie: a folder, `tiny` (the course's own), or a name of the hub, which is downloaded.

    Raises CourseError where they can't be had.
    """
    if name == "tiny":
        from autograder.backbone.folders import TINY_FOLDER

        return TINY_FOLDER
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download

    for here in (True, False):
        try:
            folder = Path(snapshot_download(name, allow_patterns=FILES, local_files_only=here))
            if (folder / "model.safetensors").exists():
                return folder
        except Exception as error:  # the hub's client raises many kinds: no network, no such name, no access
            reason = type(error).__name__
    raise CourseError(f"the hub did not give {name!r} ({reason}); with a connection, run: hf download {name}")


def read_state(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors of a model's file by the names that they have there. Raises CourseError where there is no file."""
    if (file := folder / "model.safetensors").exists():
        from safetensors.torch import load_file

        return load_file(file)
    if (file := folder / "pytorch_model.bin").exists():
        return torch.load(file, map_location="cpu", weights_only=True)
    raise CourseError(f"{folder} holds neither model.safetensors nor pytorch_model.bin")


def opened(folder: Path):
    """The state as its file has it, the library's model, and its tokenizer. Raises CourseError for other models."""
    from autograder.backbone.load import load_folder

    state = read_state(folder)
    theirs, tokenizer = load_folder(folder)
    return state, gpt2_only(theirs), tokenizer


def gpt2_only(theirs):
    if theirs.config.model_type != "gpt2":
        raise CourseError(f"a {theirs.config.model_type} has another architecture; give a GPT-2")
    return theirs.eval()


def drawn():
    """GPT-2's shape with numbers of its own start, and no tokenizer."""
    from transformers import GPT2Config, GPT2LMHeadModel

    theirs = GPT2LMHeadModel(GPT2Config()).eval()
    return theirs.state_dict(), theirs, None


def run(lesson, gpt, state, theirs, tokenizer=None, device: str = "cpu", dtype: str = "float64") -> dict:
    """The figures: what the file holds, what each level of proof says, and what the loaded model writes."""
    converted = lesson.convert_weights(state)
    shape = lesson.shape_from_weights(converted, theirs.config.n_head)
    model = gpt.GPT(gpt.GPTConfig(**shape)).eval()
    lesson.load_into(model, converted, gpt.tensors_of)
    model.to(device)
    reference = load_file(HERE / "experiments" / "_shared.py").Reference(theirs.to(device))
    if tokenizer is None:
        ids = torch.randint(shape["vocab"], (2, LENGTH), device=device)
        prompt = ids[:, :8]
    else:
        ids, prompt = (torch.tensor([tokenizer(text)["input_ids"]], device=device) for text in (TEXT, PROMPT))
    left_out = sum(lesson.canonical_name(name) is None for name in state)
    found: dict = {"device": device, "shape": shape, "tensors": len(state), "left_out": left_out}
    found["numbers"] = sum(parameter.numel() for parameter in model.parameters())
    with torch.no_grad():
        mine, due = model(ids), reference(ids)
        found["scale"] = due.abs().max().item()
        found["float32"] = lesson.compare_logits(mine, due)
        found["verified"] = lesson.verify(model, reference, ids, prompt, NEW)
        texts = [written(one, prompt) for one in (model, reference)]
        if dtype == "float64":
            found["float64"] = lesson.compare_logits(model.double()(ids), reference.double()(ids))
    found["same_text"] = texts[0] == texts[1]
    if tokenizer is not None:
        found["text"] = tokenizer.decode(texts[0][0])
    return found


def written(model, ids: torch.Tensor) -> list[list[int]]:
    """The prompt and what is written behind it, always the likeliest token."""
    for _ in range(NEW):
        ids = torch.cat([ids, model(ids)[:, -1:].argmax(dim=-1)], dim=1)
    return ids.tolist()


def show(found: dict) -> None:
    shape = ", ".join(f"{size:,} {name}" for name, size in found["shape"].items())
    print(f"{found['tensors']} tensors in the file, {found['left_out']} of them left out; {found['numbers']:,} numbers")
    print(f"{shape}, on {found['device']}")
    for dtype in ("float32", "float64"):
        if dtype in found:
            one = found[dtype]
            print(
                f"{dtype}: logits of up to {found['scale']:.1f} differ by {one['max_difference']:.1e} at most,", end=" "
            )
            print(f"{one['same_argmax']:.0%} of first choices are the same")
    failed = found["verified"]["failed"]
    print(f"verify: {'all three levels pass' if failed is None else f'stops at {failed}'}")
    print(f"greedily, {NEW} tokens: {'the same text' if found['same_text'] else 'another text'}")
    if "text" in found:
        print(f"it writes: {found['text']}")


def start(lesson, backbone: str, gpt: Path, device: str, dtype: str) -> dict:
    """`run` on what the options name."""
    torch.manual_seed(0)
    theirs = drawn() if backbone == "none" else opened(folder_of(backbone))
    return {"backbone": backbone} | run(lesson, load_module(gpt, "gpt_lesson"), *theirs, device=device, dtype=dtype)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", default="tiny", help="tiny, none, a folder, gpt2 or another GPT-2 of the hub")
    parser.add_argument("--gpt", type=Path, default=HERE.parent / "gpt" / "gpt.py", help="whose GPT is filled")
    parser.add_argument(
        "--dtype",
        choices=("float32", "float64"),
        default="float64",
        help="float32: nothing in float64, half the memory",
    )


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, start, show)


if __name__ == "__main__":
    run_script(main)
