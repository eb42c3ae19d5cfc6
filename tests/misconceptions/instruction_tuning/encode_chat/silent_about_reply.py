"""A conversation without an assistant message raises ValueError without a message; say why."""

_right = encode_chat


def encode_chat(messages, tokenizer):
    try:
        return _right(messages, tokenizer)
    except ValueError as error:
        if "no message is by" in str(error):
            raise ValueError from None
        raise
