"""Pattern matching on a tuple of task, behaviour and start, and early returns."""


def choose_method(need):
    def check(value, names):
        if value not in names:
            raise ValueError(f"{value!r} is unknown; known are {', '.join(names)}")
        return value

    case = (
        check(need["task"], TASKS),
        check(need["behaviour"], BEHAVIOURS),
        check(need["start"], ("base", "instruct")),
    )
    have = {check(kind, DATA) for kind in need["data"]}
    parameters = need["parameters"]

    def answer(method, reason, *data, each=0.0):
        if not have.issuperset(data):
            return {"method": "get_data", "reason": "no_such_data"}
        if parameters * each / 1e9 <= need["memory_gb"] or each == 0:
            return {"method": method, "reason": reason}
        if method == "full_finetuning" or parameters / 2 / 1e9 > need["memory_gb"]:
            return {"method": "smaller_model", "reason": "nothing_fits"}
        if parameters * 2 / 1e9 > need["memory_gb"]:
            return {"method": "qlora", "reason": "only_4_bits_fit"}
        return {"method": "lora", "reason": "only_the_weights_fit"}

    match case:
        case _, "as_is", _:
            return {"method": "none", "reason": "already_there"}
        case "classify", _, _:
            return answer("classification_head", "features_suffice", "labels")
        case _, "style", _:
            return answer("lora", "refinement", "demonstrations", each=2)
        case _, "form", _:
            return answer("sft", "demonstrations_show_the_form", "demonstrations", each=12)
        case _, "judgment", "instruct":
            return answer("alignment", "preferences_carry_judgment", "preferences", each=14)
        case _, "judgment", "base":
            return answer("sft_and_alignment", "nothing_to_judge_yet", "demonstrations", "preferences", each=14)
        case _:
            return answer("full_finetuning", "not_a_refinement", "plain_text", each=12)
