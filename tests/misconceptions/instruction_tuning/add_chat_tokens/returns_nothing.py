"""What add_chat_tokens returns, the number of new tokens, must be a number, not None."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    _right(model, tokenizer)
