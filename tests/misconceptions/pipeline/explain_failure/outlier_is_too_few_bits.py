"""The scale is set by the largest weight: where one is far larger than the rest, the rest is rounded to zero."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "one_weight_spoils_all":
        return {"stage": "quantization", "cause": "too_few_bits"}
    return _right(symptom)
