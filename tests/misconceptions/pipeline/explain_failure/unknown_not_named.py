"""The error doesn't name the symptom that isn't in the list."""

_right = explain_failure


def explain_failure(symptom):
    try:
        return _right(symptom)
    except ValueError:
        raise ValueError("use a key of SYMPTOMS") from None
