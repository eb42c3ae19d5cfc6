"""AddedToken objects, ids from the vocabulary and not from counting, float64 means, index_copy_."""

import torch
from tokenizers import AddedToken


def add_chat_tokens(model, tokenizer):
    before = tokenizer.get_vocab()
    new = [t for t in ("<|im_start|>", "<|im_end|>") if t not in before]
    if not new:
        return 0
    tokenizer.add_tokens([AddedToken(t, special=True, normalized=False) for t in new], special_tokens=True)
    flags = {name: p.requires_grad for name, p in model.named_parameters()}
    needed = max(tokenizer.get_vocab().values()) + 1
    if model.get_input_embeddings().num_embeddings < needed:
        model.resize_token_embeddings(needed, mean_resizing=False)
    for name, p in model.named_parameters():
        p.requires_grad_(flags[name])
    matrices = {id(m.weight): m.weight for m in (model.get_input_embeddings(), model.get_output_embeddings())}
    old = torch.tensor(sorted(set(before.values())))
    rows = torch.tensor([tokenizer.convert_tokens_to_ids(t) for t in new])
    with torch.no_grad():
        for matrix in matrices.values():
            mean = matrix[old.to(matrix.device)].double().mean(dim=0).to(matrix.dtype)
            matrix.index_copy_(0, rows.to(matrix.device), torch.stack([mean] * len(new)))
    return len(new)
