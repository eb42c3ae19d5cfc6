"""The tokenizer does not know the chat tokens: each falls apart into pieces."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    if None not in tokenizer.convert_tokens_to_ids([IM_START, IM_END]):
        return 0
    return _right(model, tokenizer)
