"""The attention mask does not reach the model."""

_right = train_sft


def train_sft(model, batches, optimizer, steps):
    batches = [{**batch, "attention_mask": torch.ones_like(batch["attention_mask"])} for batch in batches]
    return _right(model, batches, optimizer, steps)
