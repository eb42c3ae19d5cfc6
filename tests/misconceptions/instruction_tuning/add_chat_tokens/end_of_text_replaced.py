"""The tokenizer's end-of-text token is another one now."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    added = _right(model, tokenizer)
    tokenizer.eos_token = IM_END
    return added
