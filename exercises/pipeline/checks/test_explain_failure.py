"""Checks of `explain_failure`."""

from pipeline_oracles import (
    MIXED_UP,
    STAGES,
    answers_to,
    expect_explained,
    expect_explanation,
    expect_named,
    made_up_word,
    said_of,
)

from autograder.checks import StudentError, exercise, fail, probe

EXPLAINED = {
    "continues_the_question": (
        "sft",
        "continues_documents",
        "A base model goes on with documents; nothing has shown it yet that a question is followed by an answer.",
    ),
    "needs_80_gb_to_answer": (
        "quantization",
        "too_many_bits",
        "Nothing has to be trained here: the weights are stored in more bits than an answer needs.",
    ),
    "never_stops": (
        "sft",
        "end_not_supervised",
        "A model learns to stop where the end token is among what it is trained on.",
    ),
}


# A symptom, a cause that is often taken for its own, and why it is another.
WRONG_CAUSES = {
    (
        "only_exclamation_marks",
        "imitates_its_examples",
    ): "A reward model can be deceived; only a penalty for leaving the reference keeps a policy from doing so.",
    ("agrees_with_anything", "no_signal_of_quality"): "It learned what it was rewarded for: raters liked agreement, so "
    "agreement is what they got.",
    (
        "refuses_harmless_requests",
        "no_signal_of_quality",
    ): "More of it is not always better: pressed for safety too hard, a model refuses whatever looks dangerous.",
    (
        "one_weight_spoils_all",
        "too_few_bits",
    ): "The scale is set by the largest weight: where one is far larger than the rest, the rest is rounded to zero.",
}


ALL = """
counts_letters_wrong noise_with_another_tokenizer order_makes_no_difference peeks_at_the_next_token
fluent_in_form_empty_in_fact loss_near_log_of_the_vocabulary unaware_of_last_week continues_the_question
answers_with_questions prefers_without_replies never_stops writes_the_users_part good_in_one_template_only
copies_careless_replies confidently_wrong helps_with_phishing agrees_with_anything only_exclamation_marks
refuses_harmless_requests training_needs_84_gb sounds_like_everybody update_counted_twice adapter_misses_a_language
needs_80_gb_to_answer two_bits_and_nonsense one_weight_spoils_all memory_grows_with_the_talk
""".split()


@probe
def explain_all(student, symptoms):
    return [student.explain_failure(symptom) for symptom in symptoms]


@exercise("explain_failure", points=3)
def test_three_symptoms(student, rng):
    expect_explained(student, rng, EXPLAINED, MIXED_UP)


@exercise("explain_failure")
def test_an_unknown_symptom_is_an_error(student, rng):
    other_letters = rng.choice(list(EXPLAINED)).title()  # a key is one word, letter for letter
    unknown = ["is_too_good", made_up_word(rng), f"{made_up_word(rng)}_too_often", other_letters]
    answers = answers_to(rng, student.explain_failure, [*unknown, *EXPLAINED])
    what = "explain_failure with a symptom that isn't in the list"
    for name, answer in zip(unknown, answers, strict=False):
        with expect_named("The error doesn't name the symptom that isn't in the list.", name, what):
            if isinstance(answer, StudentError):
                raise answer
    for (symptom, explanation), answer in zip(EXPLAINED.items(), answers[len(unknown) :], strict=True):
        expect_explanation(symptom, answer, explanation, MIXED_UP)


@exercise("explain_failure")
def test_what_is_often_mixed_up(student, rng):
    asked = rng.permutation(ALL)
    answers = dict(zip(asked, student.run(explain_all, asked), strict=True))
    found = {symptom: answers[symptom] for symptom in ALL}
    for symptom, result in found.items():
        if not isinstance(result, dict) or result.keys() != {"stage", "cause"}:
            fail("explain_failure must return a dict with stage and cause.", got=result)
        stage, cause = result["stage"], result["cause"]
        if reason := said_of(MIXED_UP, symptom, stage) or said_of(WRONG_CAUSES, symptom, cause):
            fail(reason, got=f"{symptom}: {result}")
    for symptom, explanation in EXPLAINED.items():
        expect_explanation(symptom, found[symptom], explanation, MIXED_UP)
    stages = {}
    for result in found.values():
        stages.setdefault(str(result["cause"]), set()).add(str(result["stage"]))
    if any(not found <= set(STAGES) or len(found) > 1 for found in stages.values()):
        fail("A cause is said of two stages, or of something that is no stage; each belongs to one.", got=stages)
    if len(stages) != 25:
        fail("A cause is never used, and each belongs to a symptom.", expected="25 causes", got=len(stages))
