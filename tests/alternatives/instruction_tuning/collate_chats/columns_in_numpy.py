"""numpy and itertools.zip_longest: the batch is built column by column and transposed."""

from itertools import zip_longest

import numpy as np
import torch


def collate_chats(examples, pad_id, max_length=None):
    triples = []
    for number, example in enumerate(examples):
        pairs = list(zip_longest(example["input_ids"], example["loss_mask"], fillvalue=None))
        if any(None in pair for pair in pairs):
            raise ValueError(f"example {number}: input_ids and loss_mask are not equally long, check how it was made")
        row = [(token, 1, token if learn else -100) for token, learn in pairs][:max_length]
        if all(learn == 0 for _, learn in pairs[:max_length]):
            raise ValueError(f"example {number}: nothing is supervised; leave it out, or cut later (max_length)")
        triples.append(row)
    table = np.array(list(zip_longest(*triples, fillvalue=(pad_id, 0, -100))), dtype=np.int64)
    ids, mask, labels = (torch.from_numpy(part.copy()) for part in table.transpose(2, 1, 0))
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}
