"""SFT did its work, the form is right; there was no knowledge for it to format."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "fluent_in_form_empty_in_fact":
        return {"stage": "sft", "cause": "imitates_its_examples"}
    return _right(symptom)
