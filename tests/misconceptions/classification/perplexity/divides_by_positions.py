"""It divides by all positions, padding and first tokens included."""

also = ("perplexity without a token to predict gives a number; it must raise ValueError.",)  # it does

_right = perplexity


def perplexity(language_model, batches):
    was_training = language_model.training
    language_model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for batch in batches:
            input_ids, mask = batch["input_ids"], batch["attention_mask"]
            position_ids = (mask.cumsum(dim=1) - 1).clamp(min=0)
            logits = language_model(input_ids=input_ids, attention_mask=mask, position_ids=position_ids).logits
            counted = (mask[:, :-1] * mask[:, 1:]).bool()
            total += F.cross_entropy(logits[:, :-1][counted], input_ids[:, 1:][counted], reduction="sum").item()
            count += mask.numel()
    language_model.train(was_training)
    if count == 0:
        raise ValueError("there is no token to predict")
    return math.exp(total / count)
