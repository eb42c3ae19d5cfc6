"""It learned what it was rewarded for: raters liked agreement, so agreement is what they got."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "agrees_with_anything":
        return {"stage": "alignment", "cause": "no_signal_of_quality"}
    return _right(symptom)
