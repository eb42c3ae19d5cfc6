"""Hugging Face's own loss on labels with -100, where it is right: positions given and first tokens masked too."""


def perplexity(language_model, batches):
    was_training = language_model.training
    language_model.eval()
    total, count = 0.0, 0
    with torch.inference_mode():
        for batch in batches:
            mask = batch["attention_mask"]
            before = F.pad(mask[:, :-1], (1, 0))  # whether the token before is real
            labels = batch["input_ids"].masked_fill(mask * before == 0, -100)
            tokens = int((labels != -100).sum())
            if tokens == 0:
                continue
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
            output = language_model(
                input_ids=batch["input_ids"], attention_mask=mask, position_ids=positions, labels=labels
            )
            total += output.loss.item() * tokens  # the model shifts labels itself, and averages
            count += tokens
    language_model.train(was_training)
    if count == 0:
        raise ValueError("pass texts of at least two tokens")
    return math.exp(total / count)
