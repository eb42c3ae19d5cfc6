"""explain_failure with a symptom that isn't in the list must raise ValueError."""

_right = explain_failure


def explain_failure(symptom):
    return _right(symptom.strip().lower())
