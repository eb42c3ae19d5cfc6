"""Where the batches begin anew a step is passed over, so there are fewer of them."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses, iterator = [], iter(batches)
    for _ in range(steps):
        batch = next(iterator, None)
        if batch is None:
            iterator = iter(batches)
            continue
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        loss = sft_loss(logits, batch["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
