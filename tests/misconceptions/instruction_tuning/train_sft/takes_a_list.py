"""The batches are taken for a list; they may be anything that can be iterated anew."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses = []
    for step in range(steps):
        batch = batches[step % len(batches)]
        optimizer.zero_grad()
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        loss = sft_loss(logits, batch["labels"])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
