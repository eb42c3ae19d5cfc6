"""The new rows do not start as the mean of the old ones: they are random."""

also = ("Where the model has rows to spare, the new tokens' rows are left as they were.",)  # it writes no row at all


def add_chat_tokens(model, tokenizer):
    added = tokenizer.add_tokens([IM_START, IM_END], special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    return added
