"""A model with more rows than its tokenizer has tokens is shrunk; rows are never taken away."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    added = _right(model, tokenizer)
    model.resize_token_embeddings(len(tokenizer))
    return added
