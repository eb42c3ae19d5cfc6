"""It stops at the end of an epoch only, which may be after more steps."""

also = ("It trains on all batches whatever steps says.",)  # where steps are fewer than the batches


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses = []
    while len(losses) < steps:
        for number, batch in enumerate(batches):
            if number > 50:
                break
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
            loss = sft_loss(logits, batch["labels"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
