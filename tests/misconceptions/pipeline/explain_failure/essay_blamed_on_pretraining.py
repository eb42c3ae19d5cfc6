"""A base model goes on with documents; nothing has shown it yet that a question is followed by an answer."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "continues_the_question":
        return {"stage": "pretraining", "cause": "nothing_learned"}
    return _right(symptom)
