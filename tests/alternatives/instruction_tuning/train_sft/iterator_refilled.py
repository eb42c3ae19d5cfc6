"""next() with a sentinel on an iterator that is made anew when it has run out; zeroes before backward."""


def train_sft(model, batches, optimizer, steps):
    model.train()
    history = [0.0] * steps
    done = object()
    source = iter([])
    for step in range(steps):
        batch = next(source, done)
        if batch is done:
            source = iter(batches)
            batch = next(source)
        inputs = {key: batch[key] for key in ("input_ids", "attention_mask")}
        loss = sft_loss(model(**inputs).logits, batch["labels"])
        history[step] = loss.item()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
