"""A gradient that was there before the epoch goes into the first step."""


def train_epoch(model, loader, optimizer):
    model.train()
    total, count = 0.0, 0
    for batch in loader:
        loss = F.cross_entropy(model(batch["input_ids"], batch["attention_mask"]), batch["labels"])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item() * len(batch["labels"])
        count += len(batch["labels"])
    if count == 0:
        raise ValueError("the loader gives no batch")
    return total / count
