"""The model's embeddings were not resized: the new ids have no row."""

also = ("Where the model has rows to spare, the new tokens' rows are left as they were.",)  # it writes no row at all


def add_chat_tokens(model, tokenizer):
    return tokenizer.add_tokens([IM_START, IM_END], special_tokens=True)
