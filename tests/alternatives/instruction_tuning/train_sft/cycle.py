"""itertools.cycle over the batches, gradients set to None after each step and before the first."""


def train_sft(model, batches, optimizer, steps):
    from itertools import cycle, islice

    model.train(True)
    optimizer.zero_grad(set_to_none=True)
    losses = []
    for batch in islice(cycle(batches), steps):
        output = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        loss = sft_loss(output.logits, batch["labels"])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
    return losses
