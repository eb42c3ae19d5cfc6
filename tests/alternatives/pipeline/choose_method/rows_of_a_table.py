"""The table of the docstring as rows with conditions, memory as fractions that are rounded once, a list as ladder."""

from fractions import Fraction


def choose_method(need):
    legal = {"task": set(TASKS), "behaviour": set(BEHAVIOURS), "start": {"base", "instruct"}}
    wrong = [need[key] for key, names in legal.items() if need[key] not in names]
    wrong += [kind for kind in need["data"] if kind not in DATA]
    if wrong:
        raise ValueError(f"not in the lists: {', '.join(map(repr, wrong))}")
    task, behaviour, start = need["task"], need["behaviour"], need["start"]
    rows = [
        (behaviour == "as_is", "none", "already_there", (), 0),
        (task == "classify", "classification_head", "features_suffice", ("labels",), 0),
        (behaviour == "style", "lora", "refinement", ("demonstrations",), 2),
        (behaviour == "form", "sft", "demonstrations_show_the_form", ("demonstrations",), 12),
        (behaviour == "new_language", "full_finetuning", "not_a_refinement", ("plain_text",), 12),
        (start == "instruct", "alignment", "preferences_carry_judgment", ("preferences",), 14),
        (True, "sft_and_alignment", "nothing_to_judge_yet", ("demonstrations", "preferences"), 14),
    ]
    _, method, reason, data, each = next(row for row in rows if row[0])
    if any(kind not in need["data"] for kind in data):
        return Choice(method="get_data", reason="no_such_data")
    ladder = [(each, method, reason)]
    if method != "full_finetuning":
        ladder += [(2, "lora", "only_the_weights_fit"), (Fraction(1, 2), "qlora", "only_4_bits_fit")]
    for each, method, reason in ladder:
        if each == 0 or float(Fraction(need["parameters"] * each, 10**9)) <= need["memory_gb"]:
            return Choice(method=method, reason=reason)
    return Choice(method="smaller_model", reason="nothing_fits")
