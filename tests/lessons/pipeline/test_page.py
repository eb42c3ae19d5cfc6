"""Every figure on the page of `pipeline` is computed again or was measured; its tables are those of the reference.

pytest tests/lessons/pipeline
"""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest
import torch

from autograder import experiments
from autograder.common.lessons import load_course
from autograder.common.stubs import make_stub
from autograder.terminal.own_file import reference_source

ROOT = Path(__file__).resolve().parents[3]
COURSE = load_course(ROOT)
LESSON = ROOT / "exercises" / "pipeline"
PAGE = (LESSON / "README.md").read_text(encoding="utf-8")
REFERENCE = runpy.run_path(str(ROOT / "solutions" / "pipeline" / "pipeline.py"))

# What the page takes from elsewhere.
GIVEN = {
    "24": "GB of a GPU",
    "17": "an id",
    "18": "an id",
    "900": "an id",
    "10,000": "dialogues, as in the symptom",
    "16": "bits",
    "32": "bits",
    "80": "GB, as in the symptom",
    "70": "billion parameters",
    "4.1": "part of the course",
    "4.2": "part of the course",
    "4.3": "part of the course",
    "4.4": "part of the course",
    "0.1": "of v0.1",
    "13": "of Llama-2-13B",
    "7.87": "GB of llama-2-13b-chat.Q4_K_M.gguf",
}


def computed() -> dict[str, str]:
    """Text on the page → where it comes from."""
    gigabytes, decode = REFERENCE["weight_gigabytes"], REFERENCE["decode_model_name"]
    llama = decode("Llama 3 70B Instruct, 4-bit GPTQ")
    seven = 7_000_000_000
    fraction = fractions_of_gpt2()
    return {
        f"take {gigabytes({**llama, 'bits': 16}):.0f} GB, in 4 bits {gigabytes(llama):.0f} GB": "weight_gigabytes",
        f"all weights takes {12 * seven / 1e9:.0f} GB, and {14 * seven / 1e9:.0f} GB with": "choose_method",
        f"a frozen model takes {2 * seven / 1e9:.0f} GB in 16 bits and {seven / 2e9:.1f} GB in 4": "choose_method",
        f"13 billion weights of 4 bits are\n{gigabytes({**llama, 'parameters': 13e9}):.1f} GB;": "weight_gigabytes",
        f"comes to {7.87 * 8 / 13.016:.2f} bits a weight": "its bytes, and the 13,015,864,320 weights of Llama 2 13B",
        f"few numbers more: {100 * fraction['lora'] / 124_439_808:.2f}% of GPT-2's": "adaptation_fraction",
        f"`SYMPTOMS` in your file has {len(REFERENCE['SYMPTOMS'])} of them": "SYMPTOMS",
        "of GPT-2's 124,439,808 parameters": "GPT-2",
        f"| {fraction['classification_head']:,.0f}, that is "
        f"{100 * fraction['classification_head'] / 124_439_808:.3f}% |": "adaptation_fraction",
        f"| {fraction['lora']:,.0f}, that is {100 * fraction['lora'] / 124_439_808:.2f}% |": "adaptation_fraction",
        **from_raw_text(),
    }


def from_raw_text() -> dict[str, str]:
    """The table of the page on `from_raw_text`, cell by cell, out of what was measured."""
    kept = json.loads((LESSON / "measured" / "from_raw_text.json").read_text(encoding="utf-8"))
    (seed,) = kept["seeds"]
    numbers = seed["numbers"]
    sizes = experiments.load_file(LESSON / "experiments" / "_from_text.py").Sizes()

    def of(stage: str, name: str) -> float:
        return numbers[f"stages_{stage}_{name}"]

    assert numbers["first_gap"] < 1e-4 and of("sft", "replies end") == 1 and round(1 / of("quantization", "bytes")) == 7
    shown = {
        "SFT | your `instruction_tuning`": "sft",
        "DPO | your `alignment`": "alignment",
        "LoRA | your `lora`": "lora",
        "4 bits | your `quantization`": "quantization",
    }
    cells = [f"{row} | {of(stage, 'capitals'):.0%} | {of(stage, 'facts right'):.2f} |" for row, stage in shown.items()]
    cells += [
        f"`pretraining` | {of('pretraining', 'capitals'):.0%} |",
        f"{numbers['first_loss before']:.2f} nats a token before, {numbers['first_loss after']:.2f} after",
        f"likelier by {of('alignment', 'margin'):.1f} nats, before it by {of('sft', 'margin'):.1f}",
        f"{of('lora', 'signed'):.2f} of the replies are signed",
        f"perplexity times {of('quantization', 'perplexity'):.2f}",
        f"cuts it into {numbers['first_tokens']:,} kinds of token",
        f"for {sizes.steps:,} steps",
        f"in {seed['seconds'] / 60:.0f} minutes of a processor",
        f"less than {1e-4:.4f}",
    ]
    return dict.fromkeys(cells, "measured/from_raw_text.json")


def fractions_of_gpt2() -> dict[str, float]:
    """Trained parameters by method, on a GPT-2 without memory."""
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.device("meta"):
        model = GPT2LMHeadModel(GPT2Config())
    total = sum(parameter.numel() for parameter in model.parameters())
    assert total == 124_439_808
    return {method: REFERENCE["adaptation_fraction"](model, method, 5) * total for method in REFERENCE["SPECTRUM"]}


def test_the_page_says_what_the_reference_computes() -> None:
    assert [text for text in computed() if text not in PAGE] == []


def test_no_figure_is_unexplained() -> None:
    prose = re.sub(r"`[^`]*`|fp32|bf16|int8|int4|\(measured/\S+\)", "", PAGE[: PAGE.index("## Your turn")])
    prose = re.sub(r"```.*?```", "", prose, flags=re.DOTALL)
    known = set(GIVEN) | {number for text in computed() for number in _numbers(text)}
    assert [number for number in _numbers(prose) if len(number) > 1 and number not in known] == []


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"(?<=\d)[,.](?=\s|$)", "", text))


def test_the_stages_stand_in_order_and_raw_text_is_none_of_them() -> None:
    rows = re.findall(r"^\| (\S.*?) \| (.*?) \| (.*?) \| ?(.*?) ?\|$", PAGE, re.MULTILINE)
    names = [row[0].lower() for row in rows if row[0].lower() in REFERENCE["STAGES"]]
    assert names == list(REFERENCE["STAGES"])
    needs = {row[0].lower(): row[3].lower() for row in rows if row[0].lower() in REFERENCE["STAGES"]}
    for stage, entry in REFERENCE["PIPELINE"].items():
        needed = "any trained model" if stage in ("lora", "quantization") else ", ".join(entry["depends_on"])
        assert needs[stage] == needed
    assert "raw text" not in names and "It is no stage" in PAGE


@pytest.mark.parametrize("stage", REFERENCE["STAGES"])
def test_the_gains_on_the_page_are_those_of_the_table(stage: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.lower().startswith(f"| {stage} |"))
    gain = REFERENCE["PIPELINE"][stage]["adds"].replace("_", " ")
    assert row.split("|")[2].strip().startswith(gain)


def test_every_gain_gap_symptom_cause_and_reason_is_used() -> None:
    stages = REFERENCE["PIPELINE"].values()
    assert [stage["adds"] for stage in stages] == list(REFERENCE["GAINS"])
    assert [stage["cannot_provide"] for stage in stages] == list(REFERENCE["GAPS"])
    found = [REFERENCE["explain_failure"](symptom) for symptom in REFERENCE["SYMPTOMS"]]
    assert {one["cause"] for one in found} == set(REFERENCE["CAUSES"])
    assert {one["stage"] for one in found} == set(REFERENCE["STAGES"])
    stage_of: dict[str, str] = {}
    for one in found:
        assert stage_of.setdefault(one["cause"], one["stage"]) == one["stage"]


@pytest.mark.parametrize(
    ("scenario", "symptoms"),
    [
        ("SFT", ("continues_the_question",)),
        ("Alignment", ("confidently_wrong", "helps_with_phishing")),
        ("Quantization", ("needs_80_gb_to_answer",)),
    ],
)
def test_the_missing_stages_are_those_that_the_reference_names(scenario: str, symptoms: tuple[str, ...]) -> None:
    part = PAGE[PAGE.index("## Which stage is missing?") : PAGE.index("## What you download")]
    assert f"</summary>\n\n{scenario}. " in part and part.count("<details>") == 3
    assert {REFERENCE["explain_failure"](symptom)["stage"] for symptom in symptoms} == {scenario.lower()}


def test_the_methods_are_those_that_the_reference_chooses() -> None:
    answers = re.findall(r"</summary>\n\n(.*?)\. ", PAGE[PAGE.index("### Match the method") : PAGE.index("## Run it")])
    assert answers == ["A classification head on the frozen model", "SFT, then alignment", "QLoRA"]
    tickets = {"task": "classify", "behaviour": "form", "start": "base", "data": ("labels",)}
    assistant = {"task": "assist", "behaviour": "judgment", "start": "base", "data": ("demonstrations", "preferences")}
    house = {"task": "assist", "behaviour": "style", "start": "instruct", "data": ("demonstrations",)}
    chosen = [
        REFERENCE["choose_method"](need | {"parameters": 7_000_000_000, "memory_gb": memory})["method"]
        for need, memory in ((tickets, 24), (assistant, 640), (house, 8), (house, 24))
    ]
    assert chosen == ["classification_head", "sft_and_alignment", "qlora", "lora"]


@pytest.mark.parametrize("word", ["Mixed precision", "Flash attention", "KV caching"])
def test_the_engineering_stands_beside_the_pipeline(word: str) -> None:
    assert f"**{word}**" in PAGE


@pytest.mark.parametrize("name", re.findall(r"`((?:Meta-Ll|Llama-2|alpaca|Mixtral)[\w.-]+)`", PAGE))
def test_the_names_on_the_page_are_what_it_says(name: str) -> None:
    card, row = REFERENCE["decode_model_name"](name), next(line for line in PAGE.splitlines() if f"`{name}`" in line)
    said = {"pretraining": "base model", "lora": "adapter"}.get(card["stage"], "")
    assert said in row
    assert (card["bits"] != 16) == ("bits" in row)


def test_the_stub_prints_everything_that_may_be_answered() -> None:
    stub = make_stub((ROOT / "solutions" / "pipeline" / "pipeline.py").read_text(encoding="utf-8"))
    names = [
        *REFERENCE["STAGES"],
        *REFERENCE["GAINS"],
        *REFERENCE["GAPS"],
        *REFERENCE["SYMPTOMS"],
        *REFERENCE["CAUSES"],
    ]
    names += [*REFERENCE["METHODS"], *REFERENCE["REASONS"], *REFERENCE["TASKS"], *REFERENCE["BEHAVIOURS"]]
    names += [*REFERENCE["DATA"], *(tool for stage in REFERENCE["TOOLS"].values() for tool in stage)]
    assert [name for name in names if f'"{name}"' not in stub] == []
    assert "_EXPLANATIONS" not in stub and 'adds="' not in stub and "_CALLED_FOR" not in stub


def test_the_solution_of_a_table_can_be_shown() -> None:
    lesson = COURSE.lesson("pipeline")
    shown = reference_source(COURSE, lesson, lesson.exercises["PIPELINE"])
    assert shown.startswith("PIPELINE: dict[str, Stage] = {") and 'adds="knowledge"' in shown and "###" not in shown
