"""Takes the tiny model through the whole pipeline with your own functions, and writes a report of one page.

    python exercises/pipeline/run.py                              your code, in exercises/
    python exercises/pipeline/run.py --submission solutions       another folder's
    python exercises/pipeline/run.py --skip sft --skip lora       without some stages
    python exercises/pipeline/run.py --out DIR --seed 1

The report, report.md, and its picture are written into --out (default: pipeline-report). About a minute on one core.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

HERE = Path(__file__).resolve().parent


def progress_by_stage(items: Iterable[str], description: str) -> Iterator[str]:
    """A bar that grows by one stage at a time and says which one is running."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    items = list(items)
    columns = (TextColumn("{task.description:<14}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn()) as progress:
        task = progress.add_task(description, total=len(items))
        for item in items:
            progress.update(task, description=item)
            yield item
            progress.advance(task)
        progress.update(task, description="done")


def report_page(
    stages: dict[str, dict[str, Any]], in_words: Any, tools: dict[str, dict[str, str]], seconds: float
) -> str:
    """The report as Markdown. `in_words(stage, gate)` says a gate's figures."""
    lines = ["# The whole pipeline, run with your own functions", "", "![What each stage gave](pipeline.svg)", ""]
    lines += ["| stage | | its gate | measured |", "|---|---|---|---|"]
    for stage, entry in stages.items():
        gate = "passed" if entry["gate"]["passed"] else "**failed**"
        lines.append(f"| {stage} | {entry['state']} | {gate} | {in_words(stage, entry['gate'])} |")
    missing = {name: tools[stage][name] for stage, entry in stages.items() for name in entry["missing"]}
    if missing:
        lines += ["", "Not written yet, so their stages were left out:", ""]
        lines += [f"- `{name}` of the lesson {lesson}" for name, lesson in missing.items()]
    skipped = [stage for stage, entry in stages.items() if entry["state"] == "skipped"]
    if skipped:
        lines += ["", f"Skipped: {', '.join(skipped)}. A gate that fails after that is what the stage is there for."]
    lora = stages["lora"]["gate"]
    if stages["lora"]["state"] == "run":
        share, moved = f"{lora['trained share']:.1%}", f"{lora['base moved by']:.0e}"
        lines += [
            "",
            f"LoRA trained {share} of the parameters. Without its adapters, logits are as before, to {moved}.",
        ]
    threads = torch.get_num_threads()
    lines += [
        "",
        "Facts are asked of countries that no training asked about. Bytes are those of the blocks, and perplexity that",
        "of plain text, each as a multiple of what it was before.",
        "",
        f"It took {seconds:.0f} seconds on {threads} thread{'s' * (threads > 1)}.",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    from autograder.experiments import Backbone, draw_picture, load, load_file
    from autograder.scripts import CourseError, find_course

    parser = argparse.ArgumentParser(description="Run the whole pipeline with your own functions.")
    parser.add_argument("--submission", type=Path, help="a folder with all lessons (default: exercises)")
    parser.add_argument(
        "--skip", action="append", default=[], metavar="STAGE", help="leave a stage out; may be repeated"
    )
    parser.add_argument("--out", type=Path, default=Path("pipeline-report"), help="the folder to write to")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    try:
        course = find_course(HERE)
        lesson = course.lesson("pipeline")
        gates = load_file(HERE / "experiments" / "gates.py")
        loaded = load(arguments.submission or course.root / "exercises", lesson)
        if missing := loaded.missing(lesson, ["run_pipeline"]):
            raise CourseError(f"{missing} is not written yet in {loaded.path}; a hint: autograder hint {missing}")
        if unknown := set(arguments.skip) - set(loaded.module.RUN):
            raise CourseError(f"There is no stage {min(unknown)!r}; there are: {', '.join(loaded.module.RUN)}.")
        torch.manual_seed(arguments.seed)
        base: SimpleNamespace = gates.tiny_base(Backbone(), arguments.seed, progress_by_stage)
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 2
    start = time.perf_counter()
    stages = loaded.module.run_pipeline(loaded.module.__tools__, base, tuple(arguments.skip))["stages"]
    page = report_page(stages, gates.in_words, loaded.module.TOOLS, time.perf_counter() - start)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "report.md").write_text(page, encoding="utf-8")
    said = {stage: entry["gate"] for stage, entry in stages.items()}
    draw_picture(lambda axes: gates.draw_pipeline(axes, said), arguments.out / "pipeline.svg")
    for lesson_name, problem in loaded.module.__tools__.problems.items():
        print(f"{lesson_name}: {problem}", file=sys.stderr)
    print(f"{page}\nWritten to {arguments.out / 'report.md'}.")
    return 0 if all(gate["passed"] for gate in said.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
