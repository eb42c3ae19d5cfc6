"""More of it is not always better: pressed for safety too hard, a model refuses whatever looks dangerous."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "refuses_harmless_requests":
        return {"stage": "alignment", "cause": "no_signal_of_quality"}
    return _right(symptom)
