"""The loss is added up over a batch, not averaged, so large batches take larger steps."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    model.train()
    total, count = 0.0, 0
    for batch in loader:
        logits = model(batch["input_ids"], batch["attention_mask"])
        loss = F.cross_entropy(logits, batch["labels"], reduction="sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        count += len(batch["labels"])
    if count == 0:
        raise ValueError("the loader gives no batch")
    return total / count
