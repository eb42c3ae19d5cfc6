"""The model is called by keyword, and the loss is cross_entropy of every example, then the mean."""


def train_epoch(model, loader, optimizer):
    model.train(True)
    found = []
    for batch in loader:
        optimizer.zero_grad()
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        losses = nn.CrossEntropyLoss(reduction="none")(logits, batch["labels"])
        losses.mean().backward()
        found.extend(losses.tolist())
        optimizer.step()
    if found == []:
        raise ValueError("the loader is empty")
    return math.fsum(found) / len(found)
