"""It measures in train mode, with dropout."""

_right = accuracy


def accuracy(model, loader):
    was_training = model.training
    right, count = 0, 0
    with torch.no_grad():
        for batch in loader:
            predicted = model(batch["input_ids"], batch["attention_mask"]).argmax(dim=-1)
            right += (predicted == batch["labels"]).sum().item()
            count += len(batch["labels"])
    model.train(was_training)
    if count == 0:
        raise ValueError("the loader gives no batch")
    return right / count
