"""Every claim of every lesson, measured with the reference on one seed; wrong code does not show it.

Five seeds, before a change of an experiment or of the tiny model is done:
`autograder experiment LESSON --submission solutions --seeds 5`.
"""

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
CLAIMS = {name: experiments.find_experiments(lesson) for name, lesson in COURSE.lessons.items()}
# what the reference shows beyond what a claim asks of everybody's code
EXACT = {"lora/starts_identical": "bit_identical", "lora/merged_cost": "same_operations"}
# a claim of a lesson, and misconceptions with which it is not shown
WRONG = {
    "classification/pooling": ("pool_index_minus_one", "pool_first_index", "pool_mean_over_pads"),
    "classification/forgetting": ("prepare_nothing_frozen",),
    "classification/how_much_to_train": ("train_cleared_too_late",),
    "instruction_tuning/base_completes": ("loss_no_shift",),
    "instruction_tuning/end_token_masked": ("chat_end_unsupervised",),
    "instruction_tuning/few_and_noisy": ("loss_no_shift",),
    "instruction_tuning/wrong_template": ("train_no_step",),
    "alignment/estimates_as_losses": ("estimate_k1_absolute", "estimate_k2_no_half"),
    "alignment/reward_hacking": ("rlhf_no_kl",),
    "alignment/worked_pair": ("preference_swapped", "dpo_step_swapped"),
    "lora/bytes_of_a_step": ("memory_adam_one_state", "memory_bits_as_bytes"),
    "lora/merged_cost": ("layer_merged_and_added", "layer_merge_keeps_computing", "layer_merge_unscaled"),
    "lora/refinement": ("layer_both_zero",),
    "lora/starts_identical": ("layer_both_random", "layer_both_zero", "apply_forward_never_used"),
    "pipeline/gates": ("run_chosen_rejected_swapped",),  # rudeness is preferred
    "pipeline/spectrum": ("fraction_sft_is_a_detour",),
    "quantization/bytes_held": ("layer_memory_without_scales", "layer_not_packed"),
    "quantization/kv_cache": ("cache_axes_swapped",),
    "quantization/one_sided": ("zero_is_absmax",),
    "quantization/planted_outlier": ("absmax_dim_ignored",),
}


@pytest.fixture(scope="module")
def backbone():
    return experiments.Backbone()


@pytest.mark.slow
@pytest.mark.parametrize("name", [f"{lesson}/{claim}" for lesson, claims in CLAIMS.items() for claim in claims])
def test_a_claim_holds_with_the_reference(name, references, backbone, tmp_path):
    lesson, _, claim = name.partition("/")
    experiment = CLAIMS[lesson][claim]
    try:
        result = experiment(references[lesson], backbone, seed=0)
    except experiments.Unfit as error:  # a library that an extra installs
        pytest.skip(str(error))
    assert all(len(row) == len(result.columns) for row in result.rows)
    assert result.holds, [verdict.figure for verdict in result.verdicts if not verdict.holds]
    assert name not in EXACT or result.numbers[EXACT[name]]
    outcome = experiments.Outcome(experiment, "holds", seeds=[experiments.Seeded(0, result, 1.0)])
    written = experiments.save(outcome, COURSE.lesson(lesson), backbone, tmp_path, "svg")
    measured = COURSE.lesson(lesson).folder / "measured"
    assert {path.name for path in written} == {path.name for path in measured.glob(f"{claim}.*")}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "misconception"), [(name, one) for name, all in WRONG.items() for one in all])
def test_wrong_code_does_not_show_a_claim(name, misconception, backbone, handed_in):
    lesson, _, claim = name.partition("/")
    (source,) = [case.source for case in cases(COURSE, COURSE.lesson(lesson)) if case.name == misconception]
    subjects = experiments.Subjects(COURSE, COURSE.lesson(lesson), handed_in(**{lesson: source}))
    outcome = experiments.run(CLAIMS[lesson][claim], subjects, backbone, [0], experiments.no_track)
    assert outcome.state in ("fails", "error") and not outcome.shown, outcome


TOO_LARGE = [
    *(f"classification/{claim}" for claim in ("forgetting", "how_much_to_train", "rate_or_method")),
    *(f"alignment/{claim}" for claim in ("reward_model", "worked_pair", "dpo", "rlhf", "sycophancy", "grpo")),
    "lora/refinement",
]


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_model_too_large_for_a_minute_is_refused_in_a_sentence(name, references, monkeypatch):
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig())  # 6.7 billion parameters, none of them in memory
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, None))
    lesson, _, claim = name.partition("/")
    with pytest.raises(experiments.Unfit, match="more than a minute with 6738 million parameters"):
        CLAIMS[lesson][claim](references[lesson], experiments.Backbone())


ENGLISH, REVIEWS = "its perplexity on plain English is", "of the next tokens of plain reviews right"
LACKS = {
    "lora/starts_identical": ENGLISH,
    "lora/refinement": REVIEWS,
    "quantization/bits_and_granularity": ENGLISH,
    "quantization/planted_outlier": ENGLISH,
    "quantization/one_sided": ENGLISH,
    "quantization/bytes_held": ENGLISH,
    "quantization/kv_cache": ENGLISH,
    "quantization/qlora_trains": REVIEWS,
}


@pytest.mark.parametrize("name", LACKS)
def test_a_model_that_knows_nothing_is_refused_in_a_sentence(name, references, monkeypatch):
    tokenizer = AutoTokenizer.from_pretrained(TINY_FOLDER)
    model = tiny_gpt2(0, vocabulary=len(tokenizer), positions=256)
    monkeypatch.setattr("autograder.backbone.load_backbone", lambda name: (model, tokenizer))
    lesson, _, claim = name.partition("/")
    with pytest.raises(experiments.NotCompetent, match=LACKS[name]):
        CLAIMS[lesson][claim](references[lesson], experiments.Backbone())
