"""An instruct model has been through SFT; it is not to be done again."""

_right = choose_method


def choose_method(need):
    choice = _right(need)
    again = choice["method"] == "alignment"
    return {"method": "sft_and_alignment", "reason": "nothing_to_judge_yet"} if again else choice
