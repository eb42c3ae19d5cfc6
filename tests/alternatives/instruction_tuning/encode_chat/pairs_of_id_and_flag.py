"""A generator yields pairs of id and flag; tokenize and convert_tokens_to_ids do the encoding."""


def encode_chat(messages, tokenizer):
    known = tokenizer.get_vocab()
    absent = [t for t in (IM_START, IM_END) if t not in known]
    if absent:
        raise ValueError(f"tokenizer without {' and '.join(absent)}; run add_chat_tokens(model, tokenizer) first")
    roles = [m["role"] for m in messages]
    for role in roles:
        if role not in ROLES:
            raise ValueError(f"role {role!r} is unknown, take one of {', '.join(ROLES)}")
    if "assistant" not in roles:
        raise ValueError("there is no assistant message to learn from; add a message with role 'assistant'")

    def ids(text):
        return tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True) if text else []

    def pairs():
        newline = ids("\n")
        for m in messages:
            mine = 1 if m["role"] == "assistant" else 0
            yield known[IM_START], 0
            yield from ((i, 0) for i in ids(m["role"] + "\n"))
            yield from ((i, mine) for i in ids(m["content"]))
            yield known[IM_END], mine
            yield from ((i, 0) for i in newline)

    input_ids, loss_mask = zip(*pairs(), strict=False)
    return {"loss_mask": list(loss_mask), "input_ids": list(input_ids)}
