"""The claims of the lesson `quantization`: each measured with the reference on one seed, and not shown by wrong code.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment quantization --submission solutions --seeds 5`.
"""

from pathlib import Path

import pytest

from autograder import experiments
from autograder.audit import cases
from autograder.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])
LESSON = COURSE.lesson("quantization")
CLAIMS = experiments.find_experiments(LESSON)
LIBRARY = ("agrees_with_bitsandbytes", "loaded_in_4bit")


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


@pytest.fixture(scope="module")
def reference():
    return experiments.load(COURSE.root / "solutions", LESSON)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLAIMS)
def test_the_claim_holds_with_the_reference(name, reference, backbone, tmp_path):
    if name in LIBRARY:
        pytest.importorskip("bitsandbytes")
    result = CLAIMS[name](reference.module, backbone, seed=0)
    assert all(len(row) == len(result.columns) for row in result.rows)
    assert result.holds, [verdict.figure for verdict in result.verdicts if not verdict.holds]
    outcome = experiments.Outcome(CLAIMS[name], "holds", seeds=[experiments.Seeded(0, result, 1.0)])
    written = experiments.save(outcome, LESSON, backbone, tmp_path, "svg")
    assert [path.suffix for path in written] == [".json"] + [".svg"] * (name not in LIBRARY)


def test_there_are_eight_claims():
    assert len(CLAIMS) == 8


def test_without_bitsandbytes_its_claims_say_so(reference, monkeypatch):
    found = experiments.importlib.util.find_spec
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name, *rest: None if name == "bitsandbytes" else found(name, *rest)
    )
    for name in LIBRARY:
        with pytest.raises(experiments.Unfit, match="bitsandbytes, which is not installed: pip install 'autograder"):
            CLAIMS[name](reference.module, experiments.Backbone())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("misconception", "name"),
    [
        ("absmax_dim_ignored", "planted_outlier"),
        ("zero_is_absmax", "one_sided"),
        ("layer_memory_without_scales", "bytes_held"),
        ("layer_not_packed", "bytes_held"),
        ("cache_axes_swapped", "kv_cache"),
    ],
)
def test_wrong_code_does_not_show_the_claim(misconception, name, backbone, tmp_path):
    (source,) = [case.source for case in cases(COURSE, LESSON) if case.name == misconception]
    (tmp_path / "quantization.py").write_text(source)
    subjects = experiments.Subjects(COURSE, LESSON, tmp_path / "quantization.py")
    outcome = experiments.run(CLAIMS[name], subjects, backbone, [0], experiments.no_track)
    assert outcome.state in ("fails", "error") and not outcome.shown, outcome


def test_a_model_that_knows_nothing_is_refused_in_a_sentence(reference, monkeypatch):
    from transformers import AutoTokenizer

    from autograder.backbone import load
    from autograder.builders import tiny_gpt2

    tokenizer = AutoTokenizer.from_pretrained(load.TINY_FOLDER)
    model = tiny_gpt2(0, vocabulary=len(tokenizer), positions=256)
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, tokenizer))
    for name in ("bits_and_granularity", "planted_outlier", "one_sided", "bytes_held", "kv_cache"):
        with pytest.raises(experiments.NotCompetent, match="its perplexity on plain English is"):
            CLAIMS[name](reference.module, experiments.Backbone())
    with pytest.raises(experiments.NotCompetent, match="of the next tokens of plain reviews right"):
        CLAIMS["qlora_trains"](reference.module, experiments.Backbone())
