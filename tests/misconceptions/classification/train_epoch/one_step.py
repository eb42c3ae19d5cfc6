"""Gradients of all batches are collected for one step at the end."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    model.train()
    total, count = 0.0, 0
    optimizer.zero_grad()
    for batch in loader:
        logits = model(batch["input_ids"], batch["attention_mask"])
        loss = F.cross_entropy(logits, batch["labels"])
        loss.backward()
        total += loss.item() * len(batch["labels"])
        count += len(batch["labels"])
    optimizer.step()
    if count == 0:
        raise ValueError("the loader gives no batch")
    return total / count
