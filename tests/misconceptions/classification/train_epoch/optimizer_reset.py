"""The optimizer's state is lost between epochs."""

_right = train_epoch


def train_epoch(model, loader, optimizer):
    model.train()
    optimizer.state.clear()
    total, count = 0.0, 0
    for batch in loader:
        logits = model(batch["input_ids"], batch["attention_mask"])
        loss = F.cross_entropy(logits, batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch["labels"])
        count += len(batch["labels"])
    if count == 0:
        raise ValueError("the loader gives no batch")
    return total / count
