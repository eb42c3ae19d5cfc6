"""The attention mask does not reach the model."""

_right = accuracy


def accuracy(model, loader):
    was_training = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for batch in loader:
            predicted = model(batch["input_ids"], torch.ones_like(batch["input_ids"])).argmax(dim=-1)
            right += (predicted == batch["labels"]).sum().item()
            count += len(batch["labels"])
    model.train(was_training)
    if count == 0:
        raise ValueError("the loader gives no batch")
    return right / count
