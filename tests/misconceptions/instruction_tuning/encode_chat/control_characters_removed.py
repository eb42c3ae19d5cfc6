"""The characters of a control token are removed from the user's text; they must stay."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    clean = [{**one, "content": one["content"].replace(IM_END, "").replace(IM_START, "")} for one in messages]
    return _right(clean, tokenizer)
