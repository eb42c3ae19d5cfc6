"""Takes the tiny model through the whole pipeline with your own functions, and writes a report of one page.

    python exercises/pipeline/run.py                              your code, in exercises/
    python exercises/pipeline/run.py --submission solutions       another folder's
    python exercises/pipeline/run.py --skip sft --skip lora       without some stages
    python exercises/pipeline/run.py --from-text                  from raw text: your own tokenizer, GPT and pretraining
    python exercises/pipeline/run.py --out DIR --seed 1

The report, report.md, and its picture are written into --out (default: pipeline-report). It says whose code each stage
ran with: the first four are in the course's tiny model, unless --from-text is given. About a minute on one core, and
with --from-text many more.
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
            progress.update(task, description=item if isinstance(item, str) else description)
            yield item
            progress.advance(task)
        progress.update(task, description="done")


Row = tuple[str, str, str, bool | None, str]  # stage, what became of it, whose code, whether its gate passed, figures


def rows_of(
    stages: dict[str, dict[str, Any]], in_words: Any, yours: Any, tools: dict[str, dict[str, str]]
) -> list[Row]:
    """The rows of the stages that run_pipeline went through. `in_words(stage, gate)` says a gate's figures."""
    return [
        (stage, entry["state"], yours(tools[stage]), entry["gate"]["passed"], in_words(stage, entry["gate"]))
        for stage, entry in stages.items()
    ]


def report_page(
    rows: list[Row], stages: dict[str, dict[str, Any]], tools: dict[str, dict[str, str]], seconds: float
) -> str:
    """The report as Markdown."""
    lines = ["# The whole pipeline, run with your own functions", "", "![What each stage gave](pipeline.svg)", ""]
    lines += ["| stage | | run with | its gate | measured |", "|---|---|---|---|---|"]
    for stage, state, whose, passed, words in rows:
        gate = {True: "passed", False: "**failed**", None: ""}[passed]
        lines.append(f"| {stage} | {state} | {whose} | {gate} | {words} |")
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
    from autograder.experiments import Backbone, Blocked, draw_picture, load, load_file
    from autograder.scripts import CourseError, find_course

    parser = argparse.ArgumentParser(description="Run the whole pipeline with your own functions.")
    parser.add_argument("--submission", type=Path, help="a folder with all lessons (default: exercises)")
    parser.add_argument(
        "--skip", action="append", default=[], metavar="STAGE", help="leave a stage out; may be repeated"
    )
    parser.add_argument("--from-text", action="store_true", help="begin with your own tokenizer, GPT and pretraining")
    parser.add_argument("--out", type=Path, default=Path("pipeline-report"), help="the folder to write to")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    try:
        course = find_course(HERE)
        lesson = course.lesson("pipeline")
        gates, first = (load_file(HERE / "experiments" / name) for name in ("gates.py", "_from_text.py"))
        earlier = lesson.claims["from_raw_text"].uses
        loaded = load(arguments.submission or course.root / "exercises", course.with_more_uses(lesson, earlier))
        if missing := loaded.missing(lesson, ["run_pipeline"]):
            raise CourseError(f"{missing} is not written yet in {loaded.path}; a hint: autograder hint {missing}")
        if unknown := set(arguments.skip) - set(loaded.module.RUN):
            raise CourseError(f"There is no stage {min(unknown)!r}; there are: {', '.join(loaded.module.RUN)}.")
        torch.manual_seed(arguments.seed)
        start = time.perf_counter()
        base: SimpleNamespace
        if arguments.from_text:
            base, found = first.base_from_text(loaded.module, arguments.seed, progress_by_stage, first.Sizes())
            rows = first.first_rows(found)
        else:
            base = gates.tiny_base(Backbone(), arguments.seed, progress_by_stage)
            rows = [(stage, "in the base", "the course's tiny model", None, "") for stage in first.BEFORE]
    except Blocked as problem:
        print(f"{problem} is not written yet, and --from-text needs it.", file=sys.stderr)
        return 2
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 2
    stages = loaded.module.run_pipeline(loaded.module.__tools__, base, tuple(arguments.skip))["stages"]
    tools = loaded.module.TOOLS
    used = {**tools, "pretraining": first.FIRST["pretraining"]} if arguments.from_text else tools
    rows += rows_of(stages, gates.in_words, first.yours, used)
    page = report_page(rows, stages, tools, time.perf_counter() - start)
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
