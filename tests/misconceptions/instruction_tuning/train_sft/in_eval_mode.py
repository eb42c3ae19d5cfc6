"""The model trains in eval mode, without its dropout."""


def train_sft(model, batches, optimizer, steps):
    model.eval()
    losses = []
    while len(losses) < steps:
        for batch in batches:
            if len(losses) == steps:
                break
            logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
            loss = sft_loss(logits, batch["labels"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
