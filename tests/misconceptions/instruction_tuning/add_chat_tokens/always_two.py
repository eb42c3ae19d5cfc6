"""It returns 2 although both tokens were known."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    _right(model, tokenizer)
    return 2
