"""As transformers" Trainer does since num_items_in_batch: cross_entropy summed over tokens, divided by all of them."""


def accumulate_gradients(model, micro_batches):
    micro_batches = tuple(micro_batches)
    num_items_in_batch = sum((batch["labels"][:, 1:] != -100).sum() for batch in micro_batches)
    num_items_in_batch = max(int(num_items_in_batch), 1)
    losses = []
    for batch in micro_batches:
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        loss = torch.nn.functional.cross_entropy(
            logits[:, :-1].transpose(1, 2).float(), batch["labels"][:, 1:], ignore_index=-100, reduction="sum"
        )
        (loss / num_items_in_batch).backward()
        losses.append(loss.item() / num_items_in_batch)
    return float(sum(losses))
