"""Nested functions with early returns; the memory compared in Fractions, so exactly."""

from fractions import Fraction


def choose_method(need):
    def known(value, among):
        if value not in among:
            raise ValueError(f"{value} isn't one of {', '.join(among)}")
        return value

    task, start = known(need["task"], TASKS), known(need["start"], ["base", "instruct"])
    want, have = known(need["behaviour"], BEHAVIOURS), [known(d, DATA) for d in need["data"]]
    room = Fraction(need["memory_gb"]) * 10**9

    def say(method, reason):
        return {"reason": reason, "method": method}

    def fits(each):
        return Fraction(each) * need["parameters"] <= room

    def adapters(reason="only_the_weights_fit"):
        if fits(2):
            return say("lora", reason)
        if fits(0.5):
            return say("qlora", "only_4_bits_fit")
        return say("smaller_model", "nothing_fits")

    if want == "as_is":
        return say("none", "already_there")
    poor = say("get_data", "no_such_data")
    if task == "classify":
        return say("classification_head", "features_suffice") if "labels" in have else poor
    if want == "style":
        return adapters("refinement") if "demonstrations" in have else poor
    if want == "form":
        if "demonstrations" not in have:
            return poor
        return say("sft", "demonstrations_show_the_form") if fits(12) else adapters()
    if want == "new_language":
        if "plain_text" not in have:
            return poor
        return say("full_finetuning", "not_a_refinement") if fits(12) else say("smaller_model", "nothing_fits")
    if "preferences" not in have or (start == "base" and "demonstrations" not in have):
        return poor
    if not fits(14):
        return adapters()
    return (
        say("alignment", "preferences_carry_judgment")
        if start == "instruct"
        else say("sft_and_alignment", "nothing_to_judge_yet")
    )
