"""It may know better; nobody has told it that a right answer is the better one."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "confidently_wrong":
        return {"stage": "pretraining", "cause": "nothing_learned"}
    return _right(symptom)
