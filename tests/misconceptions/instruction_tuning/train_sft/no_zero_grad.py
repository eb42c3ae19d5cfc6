"""Gradients are not zeroed, so every step also applies those of earlier steps."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    optimizer.zero_grad()
    losses = []
    while len(losses) < steps:
        for batch in batches:
            if len(losses) == steps:
                break
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
            loss = sft_loss(logits, batch["labels"])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
