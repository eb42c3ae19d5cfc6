"""Rectangles filled beforehand, rows written into them."""


def collate_chats(examples, pad_id, max_length=None):
    limit = max(len(example["input_ids"]) for example in examples) if max_length is None else max_length
    width = max(min(len(example["input_ids"]), limit) for example in examples)
    shape = (len(examples), width)
    batch = {
        "input_ids": torch.full(shape, pad_id, dtype=torch.long),
        "attention_mask": torch.zeros(shape, dtype=torch.long),
        "labels": torch.full(shape, -100, dtype=torch.long),
    }
    for row, example in enumerate(examples):
        learnt = 0
        for column, (token, flag) in enumerate(zip(example["input_ids"], example["loss_mask"], strict=True)):
            if column < limit:
                batch["input_ids"][row, column] = token
                batch["attention_mask"][row, column] = 1
                if flag:
                    batch["labels"][row, column] = token
                    learnt += 1
        if learnt == 0:
            raise ValueError(f"example number {row} (from 0) has no supervised token")
    return batch
