"""Losses at padding are multiplied by 0, not left out, which gives NaN where a logit is infinite."""


def perplexity(language_model, batches):
    was_training = language_model.training
    language_model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for batch in batches:
            ids, mask = batch["input_ids"], batch["attention_mask"]
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
            logits = language_model(input_ids=ids, attention_mask=mask, position_ids=positions).logits
            losses = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
            counted = mask[:, 1:] * mask[:, :-1]
            total += (losses * counted).sum().item()
            count += counted.sum().item()
    language_model.train(was_training)
    if count == 0:
        raise ValueError("there is no token to predict: pass texts of at least two tokens")
    return math.exp(total / count)
