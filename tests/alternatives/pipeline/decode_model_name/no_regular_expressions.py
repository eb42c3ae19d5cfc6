"""Not one regular expression: characters are walked through and words are taken apart by hand."""

from fractions import Fraction


def decode_model_name(name):
    text = name.casefold()
    text = text[text.rfind("/") + 1 :]
    if text.endswith(".gguf"):
        text = text[:-5]
    words, word = [], ""
    for i, c in enumerate(text):
        cuts = c.isspace() or c in ",-()[]{}" or (c == "." and text[i + 1 : i + 2].isalpha())
        if cuts:
            words.append(word)
            word = ""
        else:
            word += c
    words = [w for w in [*words, word] if w]
    for i in range(len(words) - 1, 0, -1):
        if words[i] == "bit" and words[i - 1].isdigit():
            words[i - 1 : i + 1] = [words[i - 1] + "bit"]
    if words[:1] == ["meta"]:
        del words[0]
    if not words:
        raise ValueError("there is no word in this name; pass one such as 'Llama 3 8B'")
    first, *others = words

    family = first.rstrip("0123456789.")
    card = ModelCard(family=family, version=first[len(family) :] or None, parameters=None, active_parameters=None)

    def number(s):
        parts = s.split(".")
        return all(part.isascii() and part.isdigit() for part in parts)

    def size(s):
        if s[-1:] in ("b", "m") and number(s[:-1]) and s.count(".") <= 1:
            return int(Fraction(s[:-1]) * (1_000_000_000 if s[-1] == "b" else 1_000_000))
        return None

    def width(s):
        if s.endswith("bit") and s[:-3].isdigit():
            return int(s[:-3])
        for prefix in ("int", "bf", "fp", "nf", "f"):
            if s.startswith(prefix) and s[len(prefix) :].isdigit():
                return int(s[len(prefix) :])
        if s.startswith("w") and "a" in s:
            weights, activations = s[1:].split("a", 1)
            if weights.isdigit() and activations.isdigit():
                return int(weights)
        if is_k_quant(s):
            return int(s[s.index("q") + 1 : s.index("_")])
        return None

    def is_k_quant(s):
        head = s.partition("_")[0]
        return (
            "_" in s
            and head.lstrip("i")[:1] == "q"
            and head in ("q" + head[1:], "iq" + head[2:])
            and (head.split("q", 1)[1].isdigit())
        )

    for w in others:
        if card["version"] is None and number(w.removeprefix("v")) and not (w.isdigit() and len(w) == 4):
            card["version"] = w.removeprefix("v")
        if card["parameters"] is None:
            experts, x, each = w.partition("x")
            if x and experts.isdigit() and size(each) is not None:
                card["parameters"] = int(experts) * size(each)
            else:
                card["parameters"] = size(w)
        if card["active_parameters"] is None and w[0] == "a":
            card["active_parameters"] = size(w[1:])

    rank = dict.fromkeys(("instruct", "chat", "it", "dpo", "rlhf"), 2) | {"sft": 1, "lora": 3, "qlora": 3, "adapter": 3}
    card["stage"] = ("pretraining", "sft", "alignment", "lora")[max((rank.get(w, 0) for w in others), default=0)]
    methods = [w for w in others if w in ("gptq", "awq", "gguf", "bnb")]
    methods += ["gguf" for w in others if is_k_quant(w)] + ["bnb" for w in others if w == "nf4"]
    card["method"] = methods[0] if methods else None
    widths = [width(w) for w in others if width(w) is not None]
    if widths:
        card["bits"] = widths[0]
    elif card["method"] in ("gptq", "awq"):
        card["bits"] = 4
    else:
        card["bits"] = None if card["method"] else 16
    return card
