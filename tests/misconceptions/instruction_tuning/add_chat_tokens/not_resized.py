"""The model's embeddings were not resized: the new ids have no row."""


def add_chat_tokens(model, tokenizer):
    return tokenizer.add_tokens([IM_START, IM_END], special_tokens=True)
