"""The commands for instructors."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from autograder.cli import screen, term_run
from autograder.cli.app import (
    CORES,
    AttemptOption,
    CourseFolder,
    DryRun,
    Format,
    LayoutOption,
    LessonArgument,
    Manual,
    Memory,
    RosterOption,
    Seed,
    SeedFile,
    Term,
    Tier,
    Workers,
    app,
)
from autograder.cli.site import files_for_students
from autograder.common.errors import CourseError
from autograder.common.lessons import ALL
from autograder.common.text import size_of


@app.command()
def grade(
    lesson: LessonArgument,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Submissions, or folders of them.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the results; needed but for --dry-run.")] = None,
    workers: Workers = CORES,
    seed: Seed = None,
    seed_file: SeedFile = None,
    tier: Tier = None,
    memory: Memory = None,
    checks: Annotated[Path | None, typer.Option(help="A folder with your own hidden checks.")] = None,
    format: Format = "",
    term: Term = None,
    manual: Manual = None,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only the I-th of N parts of the class; merge puts them together.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Grade on Dask workers: tls://HOST:PORT, tcp://HOST:PORT or local:N."),
    ] = None,
    tls_ca: Annotated[
        Path | None,
        typer.Option("--cluster-tls-ca", help="Certificates of the cluster (default: Dask's configuration)."),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option("--cluster-tls-cert", help="Your certificate for it.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--cluster-tls-key", help="The key of that certificate.")] = None,
    plaintext: Annotated[
        bool, typer.Option("--cluster-plaintext", help="Send the seed over tcp:// to another machine, for all to read.")
    ] = False,
    layout: LayoutOption = None,
    attempt: AttemptOption = "last",
    roster: RosterOption = None,
    dry_run: DryRun = False,
    course_folder: CourseFolder = None,
) -> None:
    """Grade submissions with public and hidden checks, each in a sandboxed process.

    PATH is a class as a system hands it out: the zip or folder that Moodle, Canvas, Blackboard or Gradescope gives for
    download, nbgrader's course folder or submitted/, Submitty's submissions, clones or zips of GitHub repositories. Or
    it is a .py file, a notebook, a folder shaped like exercises/, a zip of one, or a folder of any of these. What was
    understood is said first; --dry-run stops there. What can't be decided is named, and is nobody's grade: exit 1.

    With --roster, results carry its ids, and who handed in nothing stands in the tables as "missing". Who fits no row,
    or two, keeps their own name and is said: exit 1.

    Writes OUT/LESSON/<submission>.json (the report), <submission>.md (for the student) and
    grades.csv, of all reports that are there; a report that another takes the place of goes into history/. A run that
    was stopped goes on where it was when the same command is given again.

    Each submission's checks draw inputs of its own, from the seed and from what was handed in. The seed is drawn once
    into OUT/grading-seed, unless you give it; keep it from students, and keep it: the same seed gives the same score.

    A report that is damaged, or of a newer engine, is named and left as it is: nothing is graded into its place, the
    rest is. A check that the course's own solution fails, too, is left out of all scores. Exit 1 then, and when a
    submission could not be graded.

    With --shard 2/10, give the paths of the whole class, a --seed-file that is the same for all shards, and each shard
    an --out of its own: names and scores are those of one run. autograder merge puts the shards together.

    With --cluster, Dask's workers grade, one submission each, and this process writes. local:4 starts four here. Others
    must have this engine, its libraries and the course's files at the same place, which is looked at first. What a lost
    worker had in hand is graded by another; a submission that ends several workers is named, and not graded.

    LESSON all grades every lesson that is in what was handed in, one after the other, and writes OUT/term.csv: a row
    for each student, and a total by the course file's weights. What --term and --manual give is kept in OUT and holds
    for each later run and for tables, until it is given anew; it stands apart from the score.
    """
    from autograder.cli import collecting
    from autograder.cli.formats import writers
    from autograder.grading import shards
    from autograder.grading.attempts import best
    from autograder.grading.cluster import Cluster, Tls
    from autograder.grading.grade import Settings
    from autograder.grading.grade import grade as grade_all
    from autograder.grading.prepare import prepared
    from autograder.grading.seeds import chosen as chosen_seed
    from autograder.sandbox import Limits

    if out is None:
        if not dry_run:
            raise CourseError("Give --out, a folder for the results.")
        out = Path("results")  # whose roster is used, if there is one
    chosen_writers = writers(format)
    collecting.check_attempt(attempt)
    if shard and (term or manual):
        raise CourseError("--term and --manual go with autograder tables, once the shards are merged.")
    part = shards.with_one_seed(shard, seed_is_given=seed is not None or seed_file is not None)
    elsewhere = Cluster.of(cluster, Tls(tls_ca, tls_cert, tls_key), plaintext) if cluster is not None else None
    each = Limits.memory_bytes if memory is None else size_of(memory)
    if lesson == ALL and (part or elsewhere or attempt == "best"):
        raise CourseError("--shard, --cluster and --attempt best take one lesson at a time: name it in place of all.")
    course = screen.course(course_folder)
    secret = chosen_seed(seed, seed_file)
    if lesson == ALL:
        common = Settings(workers, secret, tier, checks, each, chosen_writers)
        given = collecting.Given(paths, layout, roster, out)
        term_run.grade_every_lesson(course, given, attempt, dry_run, common, term, manual)
        return
    chosen = course.lesson(lesson)
    held = collecting.understood(course, chosen, collecting.Given(paths, layout, roster, out))
    if dry_run:
        collecting.table(held)
        raise typer.Exit(max(map(screen.failed, held.problems), default=0))
    held = held.part(part) if part else held
    submissions = held.submissions(attempt)
    rules = term_run.rules_for(course, out, term, manual, submissions, held.roster)
    fitting = 1 if elsewhere else screen.workers(min(workers, len(submissions)), each)
    prepare = elsewhere.prepared if elsewhere else prepared
    settings = Settings(fitting, secret, tier, checks, each, chosen_writers, prepare=prepare, rules=rules)
    held.note(out, lesson)
    if attempt == "best":
        submissions = best(course, chosen, held.found, out, settings)
    with screen.progress_bar(f"grading {lesson}", len(submissions)) as advance:
        outcome = grade_all(course, chosen, submissions, out, settings, advance)
    if part:
        part.note(out / lesson, [submission.name for submission in submissions])
    collecting.say_missing(held, out, lesson)
    problems = [*held.problems, *term_run.say(outcome, out / lesson)]
    problems += term_run.renew_term_table(course, out, rules, lesson)
    if problems:
        raise typer.Exit(max(map(screen.failed, problems)))


@app.command()
def tables(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder of results that grade wrote to.")],
    format: Format = "",
    term: Term = None,
    manual: Manual = None,
    course_folder: CourseFolder = None,
) -> None:
    """Make the class's tables anew from the reports in OUT, of every lesson there, and term.csv. Grades nothing.

    With --term or --manual, or where OUT keeps them, what they add and take off is made anew as well, pages included.

    Says when a table's reports come from different engines, checks or secrets. A report that is damaged, or of a newer
    engine, is named and left as it is, and is in no table: exit 1 then.
    """
    from autograder.cli.formats import writers
    from autograder.grading.results import carry_over, differences, lessons_in

    chosen = writers(format)
    left = carry_over(out)
    found = lessons_in(out)
    if not found and not left:
        raise CourseError(f"There are no reports in {out}: give the folder that grade wrote to, its --out.")
    rules, course = term_run.rules_of(course_folder, out, term, manual)
    rules.keep(out)
    for results in found:
        with results.claimed((), chosen):
            results.renew()
            reports, unread = term_run.renew(results, course, rules, chosen)
        screen.console.print(f"{results.lesson}: {len(reports)} reports, tables in {results.folder}.", soft_wrap=True)
        if mixed := differences(reports):
            screen.console.print(mixed, style="yellow", soft_wrap=True)
        left += unread
    left += term_run.write_term_table(course, out, rules, say=len(found) > 1 or not rules.empty)
    if left:
        raise typer.Exit(max(map(screen.failed, left)))


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The folder of results from before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The folder of results of now.")],
) -> None:
    """Say whose score changed from one grading to another, and by which checks.

    OLD and NEW are what grade was given as --out: after a regrade with mended checks or another engine, say. Lists
    each submission with another score or verdict, or with a report in one of the folders only, and what else is
    different: what was handed in, the checks, the secret, the engine. Changes nothing.
    """
    from autograder.grading.compare import compare as compare_all

    changes, pairs, unread = compare_all(old, new)
    screen.changes_table(changes)
    screen.console.print(f"{len(changes)} changed; {pairs} stand in both.")
    if unread:
        raise typer.Exit(max(map(screen.failed, unread)))


@app.command()
def merge(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder for the whole class's results.")],
    shards: Annotated[list[Path], typer.Argument(metavar="SHARD_OUT...", help="What grade --shard wrote to.")],
    format: Format = "",
    course_folder: CourseFolder = None,
) -> None:
    """Put the results of shards together, of every lesson there: reports, histories, pages and tables. Grades nothing.

    A check that was left out in one shard is left out everywhere. What OUT keeps of --term and --manual is made anew.
    Merging again, also with shards that were not here before, goes on where it was, and keeps what you noted in OUT's
    reports.

    Shards of different secrets, engines, libraries, checks or tiers, two different results of one submission, and a
    report that is damaged are refused with the file's name before anything is written: exit 2. Exit 1 where a shard
    or a submission is missing, or must be graded again: that is named, and the rest is put together.
    """
    from autograder.cli.formats import writers
    from autograder.grading.merge import merge as put_together

    chosen = writers(format)
    problems = []
    course = screen.course(course_folder)
    for merged in put_together(course, out, shards, chosen):
        place = out / merged.lesson
        screen.console.print(f"{merged.lesson}: {len(merged.reports)} reports, tables in {place}.", soft_wrap=True)
        if merged.mixed:
            screen.console.print(merged.mixed, style="yellow", soft_wrap=True)
        problems += merged.missing
        if merged.left_out:
            problems.append(screen.left_out(dict.fromkeys(merged.left_out, "")))
        if merged.again:
            problems.append(
                f"A check that is left out now may have blocked others of {', '.join(merged.again)}: grade them once "
                f"more with autograder grade {merged.lesson} PATH... --out {out} and the same --seed-file."
            )
        problems += term_run.renew_merged(course, out, merged.lesson, chosen)
    if problems:
        raise typer.Exit(max(map(screen.failed, problems)))


@app.command()
def similarity(
    lesson: LessonArgument,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Submissions, or folders of them.")],
    out: Annotated[Path, typer.Option(help="The table to write (CSV).")] = Path("similarity.csv"),
    html: Annotated[Path | None, typer.Option(help="The page with both side by side (default: beside --out).")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many pairs to show.")] = 10,
    layout: LayoutOption = None,
    course_folder: CourseFolder = None,
) -> None:
    """List the pairs of submissions that share what few others have. A reason to read both, and no proof.

    Compares the shape of the code that each exercise leans on: names, constants, comments and layout don't count, nor
    does dead code, nor what the stub holds or what much of the class writes in the same way. Shows the code of the
    first pairs side by side in a page. Code that is not there as plain definitions, such as what is given to exec, is
    compared as far as it can be read, and named. Nothing that was handed in is run.
    """
    from autograder.cli import collecting
    from autograder.common.files import write_whole
    from autograder.grading.similarity import compare, side_by_side, table_csv

    course = screen.course(course_folder)
    chosen = course.lesson(lesson)
    page = html or out.with_suffix(".html")
    if page == out:
        raise CourseError(f"The table and the page can't both be {out}: give another --html.")
    held = collecting.understood(course, chosen, collecting.Given(paths, layout))
    found = compare(course, chosen, held.found.last())
    for path, text in ((out, table_csv(found.pairs)), (page, side_by_side(chosen, found, top))):
        try:
            write_whole(path, text)
        except OSError as error:
            raise CourseError(f"{path} can't be written ({error.strerror}).") from None
    heads = ("one", "other", "exercises of the same shape")
    table = Table(Column("similarity", no_wrap=True), *(Column(head, overflow="fold") for head in heads))
    for pair in found.pairs[:top]:
        table.add_row(f"{pair.similarity:.0%}", pair.one, pair.other, ", ".join(pair.same))
    screen.console.print(table)
    for name in found.unreadable:
        screen.console.print(f"Left out: {name}, which holds no Python that can be read.", soft_wrap=True)
    for name, why in found.odd.items():
        screen.console.print(f"Read by hand: {name} {'; '.join(why)}.", soft_wrap=True)
    screen.console.print(f"{len(found.pairs)} pairs are in {out}, the first side by side in {page}.", soft_wrap=True)
    if held.problems:
        raise typer.Exit(max(map(screen.failed, held.problems)))


@app.command()
def release(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one that a release made.")],
    lessons: Annotated[
        str, typer.Option(help="Which, by comma (default: all); those that DIR holds already stay.")
    ] = "",
    git: Annotated[bool, typer.Option("--git", help="Commit it: one commit, the same for the same files.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take away the lessons of an earlier release that are not named now.")
    ] = False,
    date: Annotated[str, typer.Option(help="The commit's date, such as 2026-09-01 (default: always the same).")] = "",
    message: Annotated[str, typer.Option(help="The commit's message (default: Release).")] = "",
    site: Annotated[
        bool, typer.Option("--site", help="With the site of its lessons in site/: takes minutes, see `site --help`.")
    ] = False,
    course_folder: CourseFolder = None,
) -> None:
    """Write the student repository: stubs, public checks, pages, hints, notebooks, the engine, CI.

    It holds no solution, hidden check, misconception, alternative or attack. Its README tells students the one command
    that installs it, and how to take an update. Releasing again into the same folder brings it up to date, and says in
    its CHANGES.md what is another now. A folder that no release made, or with changes that are not committed, is left
    as it is: exit 2.
    """
    from autograder.release.student_repository import release as write_release

    course = screen.course(course_folder)
    released = write_release(
        course,
        folder,
        screen.lessons(course, lessons),
        git=git,
        remove=remove,
        date=date,
        message=message,
        site=partial(files_for_students, course) if site else None,
    )
    listed = ", ".join(lesson.name for lesson in released.lessons)
    screen.console.print(f"{len(released.files)} files are in {folder}, of the lessons {listed}.", soft_wrap=True)
    if not git:
        screen.console.print(
            "Make it a repository of its own (--git does), never a branch of this one.", soft_wrap=True
        )


@app.command()
def notebook(
    lesson: LessonArgument,
    instructor: Annotated[bool, typer.Option("--instructor", help="With the solutions and the answers.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file (default: LESSON.ipynb here).")] = None,
    run: Annotated[bool, typer.Option("--run", help="Run it from top to bottom, and keep what it shows.")] = False,
    beside: Annotated[
        str, typer.Option("--with", metavar="LESSONS", help="Other lessons that it has parts about, by comma.")
    ] = "",
    course_folder: CourseFolder = None,
) -> None:
    """Build a lesson's notebook from exercises/LESSON/notebook.py and the lesson's own code."""
    from autograder.common.files import write_whole
    from autograder.notebooks import build

    course = screen.course(course_folder)
    chosen = course.lesson(lesson)
    out = out or Path(f"{lesson}-instructor.ipynb" if instructor else f"{lesson}.ipynb")
    if not out.parent.is_dir():
        raise CourseError(f"There is no folder {out.parent}: make it, or give another --out.")
    others = [course.lesson(name.strip()) for name in beside.split(",") if name.strip()]
    text = build.build(course, chosen, instructor=instructor, within=[chosen, *others])
    write_whole(out, build.run(text, course.root) if run else text)
    screen.console.print(f"The notebook is {out}.", soft_wrap=True)


@app.command(name="export")
def export_lesson(
    system: Annotated[
        str, typer.Argument(metavar="SYSTEM", help="nbgrader, otter, gradescope, classroom50, ci, slurm or kubernetes.")
    ],
    lesson: LessonArgument,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    seed_file: SeedFile = None,
    checks: Annotated[Path | None, typer.Option(help="A folder with your own hidden checks.")] = None,
    late_per_day: Annotated[float, typer.Option(help="Gradescope: share of the score that a day late costs.")] = 0.0,
    grace_minutes: Annotated[float, typer.Option(help="Gradescope: minutes after the due date that cost nothing.")] = 0,
    late_at_most: Annotated[float, typer.Option(help="Gradescope: the share that lateness costs in all.")] = 1.0,
    attempts: Annotated[int | None, typer.Option(help="Gradescope: how many attempts count.")] = None,
    beside: Annotated[
        str,
        typer.Option("--with", metavar="LESSONS", help="nbgrader, otter: lessons that its notebook has parts about."),
    ] = "",
    course_folder: CourseFolder = None,
) -> None:
    """Write a lesson as another system takes it: an assignment with the same checks and the same points.

    The seed of its checks is drawn anew. Gradescope's can be given (--seed-file): the same one gives the same scores.
    """
    from autograder import systems
    from autograder.grading.seeds import chosen as chosen_seed

    course = screen.course(course_folder)
    policy = {
        "late_per_day": late_per_day,
        "grace_minutes": grace_minutes,
        "at_most": late_at_most,
        "attempts": attempts,
    }
    others = tuple(course.lesson(name.strip()) for name in beside.split(",") if name.strip())
    settings = systems.Settings(chosen_seed(None, seed_file), checks, policy, others)
    for line in systems.export(system, course, course.lesson(lesson), folder, settings):
        screen.console.print(line, soft_wrap=True, highlight=False)
