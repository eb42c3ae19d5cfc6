"""The loss that transformers computes when it is given labels."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses, source = [], iter(batches)
    for _ in range(steps):
        try:
            batch = next(source)
        except StopIteration:
            source = iter(batches)
            batch = next(source)
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().item())
    return losses
