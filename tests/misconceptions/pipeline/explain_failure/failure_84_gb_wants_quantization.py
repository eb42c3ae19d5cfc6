"""The weights fit; what doesn't fit are gradients and Adam's state, and those come with trained weights."""

_right = explain_failure


def explain_failure(symptom):
    if symptom == "training_needs_84_gb":
        return {"stage": "quantization", "cause": "too_many_bits"}
    return _right(symptom)
