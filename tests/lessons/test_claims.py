"""Every claim of every lesson, measured with the reference on one seed; wrong code does not show it.

A lesson's own data is tests/lessons/<lesson>/claims.toml, which may be missing:

    too_large = ["refinement"]              # claims that refuse a model that a CPU can't train in a minute

    [wrong_code]                            # a claim, and misconceptions with which it must not show
    refinement = ["LoRALinear/both_zero"]

    [exact]                                 # a figure that must be true of the reference, more than the claim asks
    starts_identical = "bit_identical"

    [knows_nothing]                         # what a claim says of a base model that knows nothing
    refinement = "of the next tokens of plain reviews right"

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment LESSON --submission solutions --seeds 5`.
"""

import tomllib
from functools import cache
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from autograder import experiments
from autograder.authoring.audit import cases
from autograder.backbone.load import TINY_FOLDER
from autograder.builders import tiny_gpt2
from autograder.common.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
PARTS = {"too_large": list, "wrong_code": dict, "exact": dict, "knows_nothing": dict}


def read_data(lesson):
    path = Path(__file__).with_name(lesson) / "claims.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


DATA = {lesson: read_data(lesson) for lesson in COURSE.lessons}
CLAIMS = [
    (lesson.name, path.stem)
    for lesson in COURSE.lessons.values()
    for path in sorted((lesson.folder / experiments.FOLDER).glob("[!_]*.py"))
]


def entries(part):
    """(lesson, claim) and whatever else is said of it in this part of the lessons' data."""
    found = [(lesson, data.get(part, ())) for lesson, data in DATA.items()]
    return [(lesson, *one) for lesson, some in found for one in (some.items() if some else ())]


@cache
def experiments_of(lesson):
    return experiments.find_experiments(COURSE.lesson(lesson))


@cache
def misconceptions_of(lesson):
    return {case.name: case.source for case in cases(COURSE, COURSE.lesson(lesson)) if case.kind == "misconception"}


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


@pytest.mark.parametrize("lesson", [lesson for lesson, data in DATA.items() if data])
def test_a_lessons_data_names_what_there_is(lesson):
    """Else a renamed claim or misconception would be asked for nothing."""
    data = DATA[lesson]
    assert data.keys() <= PARTS.keys() and all(isinstance(part, PARTS[name]) for name, part in data.items())
    assert {claim for part in data.values() for claim in part} <= experiments_of(lesson).keys()
    assert {name for names in data.get("wrong_code", {}).values() for name in names} <= misconceptions_of(lesson).keys()
    assert all(data.get("wrong_code", {}).values()), "a claim with no misconception"


@pytest.mark.parametrize("lesson", COURSE.lessons)
def test_a_lesson_lists_its_claims_in_their_order(lesson):
    files = {claim for name, claim in CLAIMS if name == lesson}
    assert set(COURSE.lesson(lesson).experiments) == files


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "claim"), CLAIMS)
def test_a_claim_holds_with_the_reference(lesson, claim, references, backbone, tmp_path):
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
    measured = COURSE.lesson(lesson).folder / "measured"
    assert {path.name for path in written} == {path.name for path in measured.glob(f"{claim}.*")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lesson", "claim", "misconception"),
    [(lesson, claim, name) for lesson, claim, names in entries("wrong_code") for name in names],
)
def test_wrong_code_does_not_show_a_claim(lesson, claim, misconception, backbone, handed_in):
    source = misconceptions_of(lesson)[misconception]
    subjects = experiments.Subjects(COURSE, COURSE.lesson(lesson), handed_in(**{lesson: source}))
    outcome = experiments.run(experiments_of(lesson)[claim], subjects, backbone, [0], experiments.no_track)
    assert outcome.state in ("fails", "error") and not outcome.shown, outcome


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
