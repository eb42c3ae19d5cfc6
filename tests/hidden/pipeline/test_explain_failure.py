"""Hidden checks of `explain_failure`."""

import pytest
from pipeline_oracles import MIXED_UP, expect_explained

from autograder.checks import exercise

SYMPTOMS = {
    "counts_letters_wrong": (
        "tokenization",
        "sees_pieces",
        "A model never sees letters: what it reads are ids, and an id stands for a whole piece of a word.",
    ),
    "noise_with_another_tokenizer": (
        "tokenization",
        "ids_of_another_table",
        "The table is part of the model: another table gives the same text other ids.",
    ),
    "order_makes_no_difference": (
        "embeddings",
        "no_positions",
        "Attention is a weighted average, and an average has no order: the position has to be in the vector.",
    ),
    "peeks_at_the_next_token": (
        "transformer",
        "no_causal_mask",
        "Whoever can read the answer learns to copy it, and at generation there is nothing to copy.",
    ),
    "fluent_in_form_empty_in_fact": (
        "pretraining",
        "no_knowledge_to_format",
        "Dialogues teach a form; what is to be said in it has to be in the weights before.",
    ),
    "loss_near_log_of_the_vocabulary": (
        "pretraining",
        "nothing_learned",
        "A loss of the logarithm of the vocabulary is that of guessing: no text has taught these weights anything.",
    ),
    "unaware_of_last_week": (
        "pretraining",
        "text_ends_there",
        "Facts come from the text that a model was pretrained on, and that was collected up to some day.",
    ),
    "answers_with_questions": (
        "sft",
        "continues_documents",
        "Where a document holds one question, it often holds more: nothing has shown it yet that an answer follows.",
    ),
    "prefers_without_replies": (
        "sft",
        "nothing_to_judge",
        "Comparing two continuations says nothing about answers: they have to be there before they can be judged.",
    ),
    "writes_the_users_part": (
        "sft",
        "prompt_supervised",
        "Whatever is supervised is imitated: with the user's part in the labels, the user's part is learned.",
    ),
    "good_in_one_template_only": (
        "sft",
        "another_template",
        "A model answers in the template that it was shown answers in; another one is just text to it.",
    ),
    "copies_careless_replies": (
        "sft",
        "imitates_its_examples",
        "A model imitates the demonstrations that it is given, the careless ones too.",
    ),
    "confidently_wrong": (
        "alignment",
        "no_signal_of_quality",
        "Demonstrations teach how an answer sounds; that a right one is better than a wrong one, nobody has told it.",
    ),
    "helps_with_phishing": (
        "alignment",
        "no_signal_of_quality",
        "It follows instructions, as it was taught to; that some are better refused takes somebody who compares.",
    ),
    "agrees_with_anything": (
        "alignment",
        "preferred_is_not_true",
        "It learned what it was rewarded for: raters liked agreement, so agreement is what they got.",
    ),
    "only_exclamation_marks": (
        "alignment",
        "reward_hacked",
        "A reward model can be deceived; only a penalty for leaving the reference keeps a policy from doing so.",
    ),
    "refuses_harmless_requests": (
        "alignment",
        "pushed_too_far",
        "More of it is not always better: pressed for safety too hard, a model refuses whatever looks dangerous.",
    ),
    "training_needs_84_gb": (
        "lora",
        "optimizer_for_every_weight",
        "Weights are a sixth of what finetuning takes; the rest comes with every weight that is trained.",
    ),
    "sounds_like_everybody": (
        "lora",
        "not_adapted",
        "A house's style is a small refinement of a good model, and small refinements have a cheap way of their own.",
    ),
    "update_counted_twice": (
        "lora",
        "merged_and_still_running",
        "After merging, the update is in the weight; what still runs beside it adds it once more.",
    ),
    "adapter_misses_a_language": (
        "lora",
        "not_a_refinement",
        "A small rank holds a refinement; a language never met is a revolution.",
    ),
    "two_bits_and_nonsense": (
        "quantization",
        "too_few_bits",
        "Every bit less halves the levels a weight can take, and at some point they are too few.",
    ),
    "one_weight_spoils_all": (
        "quantization",
        "outlier_sets_the_scale",
        "The scale is set by the largest weight: where one is far larger than the rest, the rest is rounded to zero.",
    ),
    "memory_grows_with_the_talk": (
        "quantization",
        "cache_in_16_bits",
        "It isn't the weights that grow: every token leaves a key and a value in every layer.",
    ),
}


GROUPS = {
    "before_tuning": ("tokenization", "embeddings", "transformer", "pretraining"),
    "sft": ("sft",),
    "alignment": ("alignment",),
    "adapters_and_bits": ("lora", "quantization"),
}


@exercise("explain_failure", points=6)
@pytest.mark.parametrize("group", GROUPS)
def test_every_symptom(student, rng, group):
    asked = {symptom: entry for symptom, entry in SYMPTOMS.items() if entry[0] in GROUPS[group]}
    expect_explained(student, rng, asked, MIXED_UP)
