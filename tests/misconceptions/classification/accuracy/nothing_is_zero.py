"""accuracy with a loader that gives no batch must raise ValueError."""

_right = accuracy


def accuracy(model, loader):
    was_training = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for batch in loader:
            predicted = model(batch["input_ids"], batch["attention_mask"]).argmax(dim=-1)
            right += (predicted == batch["labels"]).sum().item()
            count += len(batch["labels"])
    model.train(was_training)
    return right / max(count, 1)
