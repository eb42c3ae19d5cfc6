"""An endless generator of batches, cut by islice."""

from itertools import islice


def train_sft(model, batches, optimizer, steps):
    def again():
        while True:
            yield from batches

    def step(batch):
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad = None
        out = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
        loss = sft_loss(out.logits, batch["labels"])
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    model.train(True)
    return [step(batch) for batch in islice(again(), steps)]
