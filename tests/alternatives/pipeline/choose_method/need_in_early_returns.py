"""The rules are written out as early returns, one behaviour after the other."""


def choose_method(need):
    for key, options in {"task": TASKS, "behaviour": BEHAVIOURS, "start": {"base": 0, "instruct": 0}}.items():
        if need[key] not in options:
            raise ValueError(need[key])
    for kind in need["data"]:
        if kind not in DATA:
            raise ValueError(kind)

    def answer(method, reason):
        return {"reason": reason, "method": method}

    have, behaviour = set(need["data"]), need["behaviour"]
    each = need["memory_gb"] * 1e9 / need["parameters"]
    smallest = answer("smaller_model", "nothing_fits")
    if behaviour == "as_is":
        return answer("none", "already_there")
    lacking = answer("get_data", "no_such_data")
    if need["task"] == "classify":
        return answer("classification_head", "features_suffice") if "labels" in have else lacking
    if behaviour == "new_language":
        if "plain_text" not in have:
            return lacking
        return answer("full_finetuning", "not_a_refinement") if each >= 12 - 1e-9 else smallest
    if behaviour != "judgment" or need["start"] == "base":
        if "demonstrations" not in have:
            return lacking
    if behaviour == "judgment" and "preferences" not in have:
        return lacking
    if behaviour == "form" and each >= 12 - 1e-9:
        return answer("sft", "demonstrations_show_the_form")
    if behaviour == "judgment" and each >= 14 - 1e-9:
        if need["start"] == "base":
            return answer("sft_and_alignment", "nothing_to_judge_yet")
        return answer("alignment", "preferences_carry_judgment")
    if each >= 2 - 1e-9:
        return answer("lora", "refinement" if behaviour == "style" else "only_the_weights_fit")
    return answer("qlora", "only_4_bits_fit") if each >= 0.5 - 1e-9 else smallest
