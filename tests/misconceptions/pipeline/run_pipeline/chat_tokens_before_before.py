"""The model before SFT has the chat tokens already; before is the model as the stage found it."""

_right = run_pipeline


def run_pipeline(tools, base, skip=()):
    import types

    copies = []
    add, gate = tools.add_chat_tokens, base.gate

    def add_and_copy(model, tokenizer):
        result = add(model, tokenizer)
        copies.append(copy.deepcopy(model))
        return result

    def later(stage, before, after, tokenizer):
        return gate(stage, copies[0] if stage == "sft" and copies else before, after, tokenizer)

    known = {name: getattr(tools, name) for name in {one for names in TOOLS.values() for one in names}}
    known["add_chat_tokens"] = add and add_and_copy
    base.gate = later
    try:
        return _right(types.SimpleNamespace(**known), base, skip)
    finally:
        base.gate = gate
