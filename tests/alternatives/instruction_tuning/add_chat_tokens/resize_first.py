"""Old rows are cloned, the model is resized as the library likes, and then the old rows are written back."""

import torch


@torch.no_grad()
def add_chat_tokens(model, tokenizer):
    before = dict(tokenizer.get_vocab())
    fresh = [t for t in ("<|im_start|>", "<|im_end|>") if t not in before]
    if fresh == []:
        return 0
    trainable = [n for n, p in model.named_parameters() if p.requires_grad]
    in_training = [n for n, part in model.named_modules() if part.training]
    ids = torch.tensor(sorted(before.values()))

    def tables():
        both = [model.get_input_embeddings(), model.get_output_embeddings()]
        return [layer for layer in both if layer is not None]

    old = [layer.weight.clone() for layer in tables()]
    tokenizer.add_tokens(fresh, special_tokens=True)
    if len(tokenizer) > len(old[0]):
        model.resize_token_embeddings(len(tokenizer))
    for layer, rows in zip(tables(), old, strict=False):
        layer.weight[: len(rows)].copy_(rows)
        mean = rows.index_select(0, ids).double().mean(dim=0)
        for token in fresh:
            layer.weight[tokenizer.convert_tokens_to_ids(token)].copy_(mean)
    for n, p in model.named_parameters():
        p.requires_grad = n in trainable
    for n, part in model.named_modules():
        part.training = n in in_training
    return len(fresh)
