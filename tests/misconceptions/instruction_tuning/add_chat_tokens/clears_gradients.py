"""Adding tokens clears the gradients of other weights."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    model.zero_grad()
    return _right(model, tokenizer)
