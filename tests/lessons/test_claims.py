"""Every claim of every lesson holds with the reference, and wrong code does not show it.

Measuring all of them takes more than a run of the tests may. What was measured is kept with the key of all that
decides it (`autograder.experiments.key_of`): a claim with five seeds in exercises/<lesson>/measured/<claim>.json, a
run with wrong code in tests/lessons/<lesson>/wrong_code.json. In a run of the tests

- what is stale, as its key is another now, is measured with one seed. Six minutes may go into that; beyond them the
  tests fail and say the command that measures it and keeps what it finds:

      python tests/lessons/test_claims.py [LESSON ...]

- three claims that are not stale, others after each commit, are held against the spread that was kept.

`pytest -m whole tests/lessons/test_claims.py` measures everything with one seed, whatever is kept.

A claim that takes many minutes (`minutes` under `[claims.NAME]` of its lesson.toml) is left out of all that. Of it,
one seed is kept; where that is stale, a skipped test says so, with the command:

    python tests/lessons/test_claims.py LESSON/CLAIM

A lesson's own data is tests/lessons/<lesson>/claims.toml, which may be missing:

    too_large = ["refinement"]              # claims that refuse a model that a CPU can't train in a minute

    [wrong_code]                            # a claim, and misconceptions with which it must not show
    refinement = ["LoRALinear/both_zero"]

    [exact]                                 # a figure that must be true of the reference, more than the claim asks
    starts_identical = "bit_identical"

    [times]                                 # figures that are times: those of a busy machine are others
    merged_cost = ["time_ratio_merged"]

    [knows_nothing]                         # what a claim says of a base model that knows nothing
    refinement = "of the next tokens of plain reviews right"
"""

import json
import random
import subprocess
import sys
import tempfile
import time
import tomllib
from functools import cache
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from autograder import experiments
from autograder.authoring.audit import overlay
from autograder.backbone.load import TINY_FOLDER
from autograder.builders import tiny_gpt2
from autograder.checking.submission import resolve
from autograder.common.files import write_whole
from autograder.common.lessons import Claim, load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
PARTS = {"too_large": list, "wrong_code": dict, "exact": dict, "times": dict, "knows_nothing": dict}


def read_data(lesson):
    path = Path(__file__).with_name(lesson) / "claims.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


DATA = {lesson: read_data(lesson) for lesson in COURSE.lessons}
ALL = [
    (lesson.name, path.stem)
    for lesson in COURSE.lessons.values()
    for path in sorted((lesson.folder / experiments.FOLDER).glob("[!_]*.py"))
]


def about(lesson, claim):
    return COURSE.lesson(lesson).claims.get(claim, Claim())


LONG_ONES = [one for one in ALL if about(*one).minutes]
CLAIMS = [one for one in ALL if one not in LONG_ONES]
SEEDS, LONG_SEEDS = 5, 1


def entries(part):
    """(lesson, claim) and whatever else is said of it in this part of the lessons' data."""
    found = [(lesson, data.get(part, ())) for lesson, data in DATA.items()]
    return [(lesson, *one) for lesson, some in found for one in (some.items() if some else ())]


@cache
def experiments_of(lesson):
    return experiments.find_experiments(COURSE.lesson(lesson))


def overlay_file(lesson, misconception):
    return COURSE.root / "tests" / "misconceptions" / lesson / f"{misconception}.py"


@cache
def wrong_source(lesson, misconception):
    """The reference with a mistake."""
    reference = COURSE.reference(lesson).read_text(encoding="utf-8")
    return overlay("misconception", overlay_file(lesson, misconception), reference, COURSE.lesson(lesson)).source


# --- what is kept, and what of it is stale ---------------------------------------------------------------------------

WRONG_CODE = [(lesson, claim, name) for lesson, claim, names in entries("wrong_code") for name in names]
STALE_SECONDS, LONG, UNKNOWN = 360, 60, 60  # all stale ones together; one that is not chosen; one never measured
COMMAND = "python tests/lessons/test_claims.py"


def figures_file(lesson, claim):
    return COURSE.lesson(lesson).folder / "measured" / f"{claim}.json"


def runs_file(lesson):
    return Path(__file__).with_name(lesson) / "wrong_code.json"


@cache
def read_json(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def kept_figures(lesson, claim):
    return read_json(figures_file(lesson, claim))


def kept_runs(lesson):
    """`claim misconception` → the key and the seconds of the run in which the claim did not show."""
    return read_json(runs_file(lesson))


def kept(lesson, claim, misconception=None):
    if misconception is None:
        return kept_figures(lesson, claim)
    return kept_runs(lesson).get(f"{claim} {misconception}", {})


def key(lesson, claim, misconception=None):
    """The key that the run has now: of the claim with the reference, or with the reference made wrong."""
    uses = COURSE.with_more_uses(COURSE.lesson(lesson), about(lesson, claim).uses).uses
    files = dict(resolve(COURSE.root / "solutions", lesson, uses).files)
    if misconception is not None:
        files[f"{lesson}/{lesson}.py"] = wrong_source(lesson, misconception).encode()
    return experiments.key_of(experiments_of(lesson)[claim], files)


def cost(lesson, claim, misconception=None):
    """The seconds that one run took."""
    found = kept(lesson, claim, misconception)
    return found.get("seconds") or max((seed["seconds"] for seed in found.get("seeds", [])), default=UNKNOWN)


def choose(items, count):
    """Which of the claims are measured although they are not stale: others after each commit."""
    git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=COURSE.root, capture_output=True, text=True)
    commit = git.stdout.strip() if git.returncode == 0 else ""
    return sorted(random.Random(commit).sample(items, min(count, len(items)))) if commit else items[:count]


STALE = [one for one in [*CLAIMS, *WRONG_CODE] if kept(*one).get("key") != key(*one)]
IN_TIME = sum(cost(*one) for one in STALE) <= STALE_SECONDS
CHOSEN = choose([one for one in CLAIMS if one not in STALE and cost(*one) <= LONG], 3)


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


@pytest.mark.parametrize("lesson", [lesson for lesson, data in DATA.items() if data])
def test_a_lessons_data_names_what_there_is(lesson):
    """Else a renamed claim or misconception would be asked for nothing."""
    data = DATA[lesson]
    assert data.keys() <= PARTS.keys() and all(isinstance(part, PARTS[name]) for name, part in data.items())
    assert {claim for part in data.values() for claim in part} <= experiments_of(lesson).keys()
    assert all(overlay_file(lesson, name).exists() for names in data.get("wrong_code", {}).values() for name in names)
    assert all(data.get("wrong_code", {}).values()), "a claim with no misconception"


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_a_lesson_lists_its_claims_in_their_order(lesson):
    files = {claim for name, claim in ALL if name == lesson}
    assert set(COURSE.lesson(lesson).experiments) == files


@pytest.mark.parametrize(("lesson", "claim"), ALL)
def test_what_is_kept_of_a_claim_is_whole(lesson, claim):
    kept, long = kept_figures(lesson, claim), (lesson, claim) in LONG_ONES
    assert kept.get("state") == "holds", f"measure it: {COMMAND} {lesson}{f'/{claim}' if long else ''}"
    assert len(kept["seeds"]) >= (LONG_SEEDS if long else SEEDS) and all(seed["holds"] for seed in kept["seeds"])
    exact = DATA[lesson].get("exact", {}).get(claim)
    assert exact is None or all(seed["numbers"][exact] for seed in kept["seeds"])


@pytest.mark.parametrize(("lesson", "claim"), LONG_ONES)
def test_a_long_claim_was_measured_with_what_is_here_now(lesson, claim):
    if kept(lesson, claim).get("key") != key(lesson, claim):
        minutes = about(lesson, claim).minutes
        pytest.skip(f"stale, and left out as it takes {minutes} minutes a seed: {COMMAND} {lesson}/{claim}")


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_nothing_is_kept_of_wrong_code_that_is_not_named(lesson):
    named = {f"{claim} {name}" for where, claim, name in WRONG_CODE if where == lesson}
    assert kept_runs(lesson).keys() <= named


def test_what_is_stale_can_be_measured_in_time():
    seconds = sum(cost(*one) for one in STALE)
    lessons = " ".join(sorted({one[0] for one in STALE}))
    assert seconds <= STALE_SECONDS, f"{len(STALE)} runs are stale, which take {seconds:.0f} s: {COMMAND} {lessons}"


def measured(lesson, claim, references, backbone, tmp_path):
    """The numbers of one run with the reference and seed 0, which must hold and be kept as it was before."""
    experiment = experiments_of(lesson)[claim]
    try:
        result = experiment(references[lesson], backbone, seed=0)
    except experiments.Unfit as error:  # a library that an extra installs
        pytest.skip(str(error))
    assert all(len(row) == len(result.columns) for row in result.rows)
    assert result.holds, [verdict.figure for verdict in result.verdicts if not verdict.holds]
    exact = DATA[lesson].get("exact", {}).get(claim)
    assert exact is None or result.numbers[exact]
    outcome = experiments.Outcome(experiment, "holds", seeds=[experiments.Seeded(0, result, 1.0)])
    written = experiments.save(outcome, COURSE.lesson(lesson), backbone, tmp_path, "svg")
    folder = COURSE.lesson(lesson).folder / "measured"
    assert {path.name for path in written} == {path.name for path in folder.glob(f"{claim}.*")}
    return result.numbers


def beyond(lesson, claim, numbers):
    """What lies outside the spread of five seeds by more than it is wide (or 2%, as machines round differently)."""
    times = DATA[lesson].get("times", {}).get(claim, ())
    for name, kept in kept_figures(lesson, claim)["spread"].items():
        if name in times:
            continue
        slack = max(kept["max"] - kept["min"], 0.02 * abs(kept["median"]))
        if not kept["min"] - slack <= numbers[name] <= kept["max"] + slack:
            yield f"{name} is {numbers[name]}, kept: {kept['min']} to {kept['max']}"


def test_a_figure_beyond_the_spread_is_said():
    lesson, claim = next(one for one in CLAIMS if not DATA[one[0]].get("times", {}).get(one[1]))
    spread = kept_figures(lesson, claim)["spread"]
    numbers = {name: kept["median"] for name, kept in spread.items()}
    assert list(beyond(lesson, claim, numbers)) == []
    name = next(iter(numbers))
    numbers[name] = 3 * spread[name]["max"] - 2 * spread[name]["min"] + 1
    assert [said.split(" is ")[0] for said in beyond(lesson, claim, numbers)] == [name]


def test_other_claims_are_chosen_after_another_commit(monkeypatch):
    def commit(text, code=0):
        done = subprocess.CompletedProcess([], code, text, "")
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
        return choose(list(range(40)), 3)

    assert commit("a") == commit("a") and len({tuple(commit(text)) for text in "abc"}) > 1
    assert commit("", code=128) == [0, 1, 2]  # no git here
    assert choose([7], 3) == [7]


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "claim"), [one for one in STALE if len(one) == 2 and IN_TIME])
def test_a_stale_claim_holds_with_the_reference(lesson, claim, references, backbone, tmp_path):
    measured(lesson, claim, references, backbone, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "claim"), CHOSEN)
def test_a_chosen_claim_gives_what_was_kept(lesson, claim, references, backbone, tmp_path):
    numbers = measured(lesson, claim, references, backbone, tmp_path)
    assert list(beyond(lesson, claim, numbers)) == []


@pytest.mark.whole
@pytest.mark.parametrize(("lesson", "claim"), CLAIMS)
def test_a_claim_gives_what_was_kept(lesson, claim, references, backbone, tmp_path):
    numbers = measured(lesson, claim, references, backbone, tmp_path)
    assert list(beyond(lesson, claim, numbers)) == []


def show(lesson, claim, misconception, submission, backbone):
    """What becomes of a claim with the wrong code, which is written into the folder `submission`."""
    for name in COURSE.lessons:
        source = wrong_source(name, misconception) if name == lesson else None
        (submission / name).mkdir(parents=True)
        write_whole(submission / name / f"{name}.py", source or COURSE.reference(name).read_text(encoding="utf-8"))
    subjects = experiments.Subjects(COURSE, COURSE.lesson(lesson), submission)
    return experiments.run(experiments_of(lesson)[claim], subjects, backbone, [0], experiments.no_track)


def shows_it_not(outcome):
    return outcome.state in ("fails", "error") and not outcome.shown


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "claim", "misconception"), [one for one in STALE if len(one) == 3 and IN_TIME])
def test_stale_wrong_code_does_not_show_a_claim(lesson, claim, misconception, backbone, tmp_path):
    outcome = show(lesson, claim, misconception, tmp_path, backbone)
    assert shows_it_not(outcome), outcome


@pytest.mark.whole
@pytest.mark.parametrize(("lesson", "claim", "misconception"), WRONG_CODE)
def test_wrong_code_does_not_show_a_claim(lesson, claim, misconception, backbone, tmp_path):
    outcome = show(lesson, claim, misconception, tmp_path, backbone)
    assert shows_it_not(outcome), outcome


@pytest.mark.parametrize(
    ("lesson", "claim"), [(lesson, claim) for lesson, data in DATA.items() for claim in data.get("too_large", ())]
)
def test_a_model_too_large_for_a_minute_is_refused_in_a_sentence(lesson, claim, references, monkeypatch):
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig())  # 6.7 billion parameters, none of them in memory
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, None))
    with pytest.raises(experiments.Unfit, match="more than a minute with 6738 million parameters"):
        experiments_of(lesson)[claim](references[lesson], experiments.Backbone())


@pytest.mark.parametrize(("lesson", "claim", "sentence"), entries("knows_nothing"))
def test_a_model_that_knows_nothing_is_refused_in_a_sentence(lesson, claim, sentence, references, monkeypatch):
    tokenizer = AutoTokenizer.from_pretrained(TINY_FOLDER)
    model = tiny_gpt2(0, vocabulary=len(tokenizer), positions=256)
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, tokenizer))
    with pytest.raises(experiments.NotCompetent, match=sentence):
        experiments_of(lesson)[claim](references[lesson], experiments.Backbone())


# --- bringing what is kept up to date --------------------------------------------------------------------------------


def keep_claim(lesson, claim, backbone):
    """Measure a claim with all its seeds, and keep the figures and the picture."""
    subjects = experiments.Subjects(COURSE, COURSE.lesson(lesson), COURSE.root / "solutions")
    seeds = range(LONG_SEEDS if (lesson, claim) in LONG_ONES else SEEDS)
    outcome = experiments.run(experiments_of(lesson)[claim], subjects, backbone, seeds, experiments.no_track)
    if outcome.state == "holds":
        experiments.save(outcome, COURSE.lesson(lesson), backbone, figures_file(lesson, claim).parent, "svg")
    return outcome.state == "holds", outcome.sentence or [v.figure for s in outcome.seeds for v in s.result.verdicts]


def keep_run(lesson, claim, misconception, backbone):
    """Run a claim with wrong code, and keep its key."""
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        outcome = show(lesson, claim, misconception, Path(folder), backbone)
    if shows_it_not(outcome):
        found = {"key": outcome.key, "seconds": round(time.process_time() - start, 2)}
        path = runs_file(lesson)
        runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        named = {f"{where} {name}" for at, where, name in WRONG_CODE if at == lesson}
        runs = {name: run for name, run in sorted({**runs, f"{claim} {misconception}": found}.items()) if name in named}
        write_whole(path, json.dumps(runs, indent=1) + "\n")
    return shows_it_not(outcome), outcome.sentence


if __name__ == "__main__":
    long_ones = {"/".join(one): one for one in LONG_ONES}
    if not set(sys.argv[1:]) <= {*COURSE.lessons, *long_ones}:
        sys.exit(f"usage: python {sys.argv[0]} [{'|'.join([*COURSE.lessons, *long_ones])} ...]")
    torch.set_num_threads(1)
    tiny, failed = experiments.Backbone(), 0
    due = [one for one in STALE if one[0] in (sys.argv[1:] or COURSE.lessons)]
    due += [one for name, one in long_ones.items() if name in sys.argv[1:]]
    for number, one in enumerate(due, 1):
        print(
            f"{number} of {len(due)}: {' '.join(one)}, about {cost(*one) * (SEEDS if len(one) == 2 else 1):.0f} s",
            flush=True,
        )
        right, detail = (keep_claim if len(one) == 2 else keep_run)(*one, tiny)
        if not right:
            failed += 1
            print(f"  not kept: {detail}", flush=True)
    print(f"{len(due) - failed} of {len(due)} stale runs measured and kept")
    sys.exit(bool(failed))
