"""The stage is right, the cause isn't. A model learns to stop where the end token is among what it is trained on."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "never_stops":
        return {"stage": "sft", "cause": "prompt_supervised"}
    return _right(symptom)
