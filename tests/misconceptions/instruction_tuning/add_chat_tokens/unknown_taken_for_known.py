"""The tokenizer does not know the chat tokens: each falls apart into pieces."""

also = ("The model's embeddings were not resized: the new ids have no row.",)

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    if None not in tokenizer.convert_tokens_to_ids([IM_START, IM_END]):
        return 0
    return _right(model, tokenizer)
