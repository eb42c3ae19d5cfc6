"""Preference training was there; what was skipped is what gives it replies."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "prefers_without_replies":
        return {"stage": "alignment", "cause": "no_signal_of_quality"}
    return _right(symptom)
