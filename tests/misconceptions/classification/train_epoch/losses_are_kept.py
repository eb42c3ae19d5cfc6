"""The same epoch has another loss the second time: something is kept from one call to the next."""


def train_epoch(model, loader, optimizer, losses=[]):  # noqa: B006
    model.train()
    found = []
    for batch in loader:
        each = F.cross_entropy(model(batch["input_ids"], batch["attention_mask"]), batch["labels"], reduction="none")
        optimizer.zero_grad()
        each.mean().backward()
        optimizer.step()
        found += each.tolist()
    if not found:
        raise ValueError("the loader gives no batch")
    losses += found
    return sum(losses) / len(losses)
