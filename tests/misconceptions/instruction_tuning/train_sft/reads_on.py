"""It goes on reading batches that it does not train on, be they without end."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    losses = []
    while len(losses) < steps:
        for batch in batches:
            if len(losses) < steps:
                loss = sft_loss(
                    model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits, batch["labels"]
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
    return losses
