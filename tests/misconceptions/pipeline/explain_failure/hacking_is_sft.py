"""A reward model can be deceived; only a penalty for leaving the reference keeps a policy from doing so."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "only_exclamation_marks":
        return {"stage": "sft", "cause": "imitates_its_examples"}
    return _right(symptom)
