"""train_epoch with a loader that gives no batch must raise ValueError."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    model.train()
    total, count = 0.0, 0
    for batch in loader:
        logits = model(batch["input_ids"], batch["attention_mask"])
        loss = F.cross_entropy(logits, batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch["labels"])
        count += len(batch["labels"])
    return total / max(count, 1)
