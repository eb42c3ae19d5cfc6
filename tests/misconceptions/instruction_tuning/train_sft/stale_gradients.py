"""Gradients from before the call are added to those of the first step."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses = []
    while len(losses) < steps:
        for batch in batches:
            if len(losses) == steps:
                break
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
            loss = sft_loss(logits, batch["labels"])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
    return losses
