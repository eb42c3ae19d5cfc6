"""Where an answer ends belongs to its form, and form is taught by demonstrations."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "never_stops":
        return {"stage": "alignment", "cause": "no_signal_of_quality"}
    return _right(symptom)
