"""The chat tokens are added in the wrong order, <|im_end|> first."""


def add_chat_tokens(model, tokenizer):
    tokenizer.add_tokens([IM_END], special_tokens=True)
    tokenizer.add_tokens([IM_START], special_tokens=True)
    before = len(tokenizer) - 2
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight[before:] = model.get_input_embeddings().weight[:before].mean(dim=0)
    return 2
