"""From raw text to 4 bits with the code of all lessons: its parts with few steps, and by command the whole of it.

pytest -m whole tests/lessons/pipeline/test_from_text.py     minutes: one seed of the claim
"""

import sys
from pathlib import Path

import pytest
import torch

from autograder import experiments
from autograder.checking.door import load
from autograder.common.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[3])
LESSON = COURSE.lesson("pipeline")
ITEM = experiments.find_experiments(LESSON)["from_raw_text"]
PARTS = sys.modules[ITEM.module.base_from_text.__module__]
SETTINGS = sys.modules[PARTS.tiny_base.__module__].SETTINGS
MEASURES = sys.modules[PARTS.Gates.__module__]
SMALL = PARTS.Sizes(
    facts=60,
    stories=30,
    learned_from=60,
    vocab=300,
    positions=256,
    width=16,
    layers=2,
    heads=2,
    rows=2,
    steps=4,
    warmup=1,
)


@pytest.fixture(scope="module")
def student():
    return load(COURSE.root / "solutions", COURSE.with_more_uses(LESSON, ITEM.about.uses)).module


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setitem(SETTINGS, "steps", {"sft": 2, "alignment": 2, "lora": 2})
    monkeypatch.setattr(MEASURES, "ASKED", 4)
    monkeypatch.setattr(ITEM.module, "SIZES", SMALL)


@pytest.fixture(scope="module")
def tokenizer(student):
    return PARTS.learn_tokenizer(student.__tools__, PARTS.world("train", SMALL, 0), SMALL)


@pytest.mark.parametrize(
    "text", ["The capital of Côte d'Ivoire is Yamoussoukro.", "  two  spaces\n\n", "字 🙂 1,234!", ""]
)
def test_the_library_cuts_a_text_as_the_students_functions_do(student, tokenizer, text):
    wanted = student.__tools__.encode_text(text, tokenizer.vocab, tokenizer.merges)
    library = tokenizer.as_library(256)
    assert library(text)["input_ids"] == tokenizer.encoder()(text) == wanted
    assert library.decode(wanted) == text


def test_the_end_token_is_one_id_that_no_text_gives(tokenizer):
    library = tokenizer.as_library(256)
    end = library.convert_tokens_to_ids(PARTS.END)
    assert end == library.eos_token_id == library.pad_token_id == len(tokenizer.vocab) - 1 == SMALL.vocab - 1
    assert tokenizer.vocab[end] == PARTS.END.encode()
    assert end not in library(" ".join(PARTS.world("test", SMALL, 0)))["input_ids"]


def model_of(tools):
    torch.manual_seed(0)
    model = tools.GPT(tools.GPTConfig(vocab=50, positions=16, width=16, layers=2, heads=2)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3)
    return model


ROWS = torch.arange(32).view(2, 16)


def test_the_librarys_model_gets_every_number_of_the_students(student):
    tools = student.__tools__
    model = model_of(tools)
    theirs = PARTS.as_gpt2(tools, model, 49)
    assert PARTS.largest_gap(model, theirs, ROWS) < 1e-4
    for number in range(3):  # whichever number is another one, it is seen
        name = ("wte.weight", "h.1.attn.c_attn.bias", "h.0.mlp.c_proj.weight")[number]
        with torch.no_grad():
            tools.tensors_of(model)[name].flatten()[3] += 0.5
        assert PARTS.largest_gap(model, theirs, ROWS) > 1e-3
        theirs = PARTS.as_gpt2(tools, model, 49)


def test_queries_keys_and_values_may_stand_apart(student):
    tools = student.__tools__
    model = model_of(tools)

    class Apart:
        GPTConfig = tools.GPTConfig

        @staticmethod
        def tensors_of(model):
            found = {}
            for name, tensor in tools.tensors_of(model).items():
                layer, kind = name.rsplit(".", 1)
                if not layer.endswith("c_attn"):
                    found[name] = tensor
                    continue
                for part, piece in zip("qkv", tensor.chunk(3), strict=True):
                    found[f"{layer.removesuffix('c_attn')}{part}.{kind}"] = piece
            return found

    assert PARTS.largest_gap(model, PARTS.as_gpt2(Apart, model, 49), ROWS) < 1e-4


@pytest.mark.slow
def test_all_stages_run_and_each_says_with_whose_code(student, few_steps):
    result = ITEM(student, None, seed=0)
    rows = {row[0]: row for row in result.rows}
    assert list(rows) == list(student.STAGES)
    assert [row[1] for row in rows.values()] == [
        "your tokenization",
        "your gpt",
        "your gpt",
        "your pretraining",
        "your instruction_tuning",
        "your instruction_tuning, alignment",
        "your instruction_tuning, lora",
        "your quantization",
    ]
    assert all(len(row) == len(result.columns) for row in result.rows)
    told = {verdict.figure.split(":")[0]: verdict.holds for verdict in result.verdicts}
    assert told.pop("the library cuts 3 held-out texts into the ids that your encode_text gives")
    assert sum(told.values()) == 1, "a model that was hardly trained passes no gate but that of equal logits"
    numbers = result.numbers
    assert numbers["first_gap"] < 1e-4 and numbers["first_tokens"] == 300
    assert numbers["stages_sft_capitals"] == numbers["stages_pretraining_capitals"] == 0
    assert numbers["stages_alignment_margin"] != numbers["stages_sft_margin"]


def test_it_is_not_measured_with_the_other_claims_and_says_how_long_it_takes():
    assert ITEM.about.minutes > 1 and set(ITEM.about.uses) == {
        lesson for tools in PARTS.FIRST.values() for lesson in tools.values()
    }


@pytest.mark.parametrize(
    ("gone", "named"), [("tokenization", "train_bpe"), ("gpt", "GPT"), ("pretraining", "join_documents")]
)
def test_a_lesson_that_is_not_there_is_named_before_anything_is_trained(handed_in, gone, named):
    subjects = experiments.Subjects(COURSE, LESSON, handed_in(leave_out=[gone]))
    outcome = experiments.run(ITEM, subjects, None, [0], experiments.no_track)
    assert (outcome.state, outcome.sentence) == ("todo", f"{named} ({gone}) is not written yet.")


def test_the_functions_that_it_is_run_with_are_exercises_of_their_lessons():
    for tools in PARTS.FIRST.values():
        for name, lesson in tools.items():
            assert name in COURSE.lesson(lesson).exercises or name == "GPTConfig"


@pytest.mark.whole
def test_the_whole_of_it(student):
    result = ITEM(student, None, seed=0)
    assert result.holds, [verdict.figure for verdict in result.verdicts if not verdict.holds]
