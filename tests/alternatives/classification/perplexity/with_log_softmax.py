"""log_softmax and gather over whole rows, filled with 0 where nothing counts; a decorator switches gradients off."""


@torch.no_grad()
def perplexity(language_model, batches):
    mode = language_model.training
    language_model.eval()
    nll, tokens = [], 0
    for batch in batches:
        ids, mask = batch["input_ids"], batch["attention_mask"]
        positions = mask.cumsum(-1) - 1
        positions = positions.masked_fill(mask == 0, 1)
        output = language_model(ids, attention_mask=mask, position_ids=positions, use_cache=False)
        log_probs = output.logits[:, :-1].double().log_softmax(-1)
        found = -log_probs.gather(2, ids[:, 1:, None]).squeeze(2)  # (B, T-1)
        real = mask[:, 1:] * mask[:, :-1]
        nll.append(found.masked_fill(real == 0, 0.0).sum())
        tokens += real.sum().item()
    language_model.train(mode)
    if tokens == 0:
        raise ValueError("no token was predicted")
    return (torch.stack(nll).sum() / tokens).exp().item()
