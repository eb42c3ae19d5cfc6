"""An adapter can't hold a new language: where all weights can't be trained, the model is too large."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    if choice["reason"] == "nothing_fits" and need["behaviour"] == "new_language":
        return {"method": "lora", "reason": "only_the_weights_fit"}
    return choice
