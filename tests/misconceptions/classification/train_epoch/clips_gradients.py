"""The gradient is clipped to norm 1."""


def train_epoch(model, loader, optimizer):
    model.train()
    total, count = 0.0, 0
    for batch in loader:
        loss = F.cross_entropy(model(batch["input_ids"], batch["attention_mask"]), batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm=1.0)
        optimizer.step()
        total += loss.item() * len(batch["labels"])
        count += len(batch["labels"])
    if count == 0:
        raise ValueError("the loader gives no batch")
    return total / count
