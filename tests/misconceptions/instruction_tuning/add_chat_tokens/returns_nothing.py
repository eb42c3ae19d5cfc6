"""It returns nothing."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    _right(model, tokenizer)
