"""To put texts into classes, a head on the frozen model is enough: it is a feature extractor already."""

_right = choose_method


def choose_method(need):
    if need["task"] == "classify" and need["behaviour"] != "as_is" and "labels" in need["data"]:
        return {"method": "full_finetuning", "reason": "not_a_refinement"}
    return _right(need)
