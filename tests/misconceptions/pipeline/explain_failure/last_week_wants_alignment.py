"""Alignment teaches no facts: what a model knows, it knows from pretraining."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "unaware_of_last_week":
        return {"stage": "alignment", "cause": "preferred_is_not_true"}
    return _right(symptom)
