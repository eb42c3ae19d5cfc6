"""Loops over flat rows in plain Python, with float32 sums from NumPy."""

import numpy as np
import torch


def keep_top_p(logits, p):
    if p < 0 or p > 1:
        raise ValueError("pass a number from 0 to 1")
    if p == 1:
        return logits
    result = logits.detach().clone().reshape(-1, logits.shape[-1])
    for row in result:
        probs = torch.softmax(row.float(), 0).numpy()
        total, stay = np.float32(0), []
        for i in sorted(range(len(probs)), key=lambda i: -probs[i]):
            stay.append(i)
            total = np.float32(total + probs[i])
            if total >= p:
                break
        gone = [i for i in range(len(probs)) if i not in set(stay)]
        row[gone] = -torch.inf
    return result.reshape(logits.shape)
