"""Following instructions is what SFT teaches; which ones to follow is judgment."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "helps_with_phishing":
        return {"stage": "sft", "cause": "imitates_its_examples"}
    return _right(symptom)
