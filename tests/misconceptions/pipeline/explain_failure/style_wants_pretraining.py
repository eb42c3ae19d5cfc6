"""It takes no new model to change a style: well under one percent of the numbers do."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "sounds_like_everybody":
        return {"stage": "pretraining", "cause": "text_ends_there"}
    return _right(symptom)
