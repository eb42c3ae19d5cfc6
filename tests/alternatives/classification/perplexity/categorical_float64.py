"""torch.distributions.Categorical in float64, text by text, each batch cut to its counted pairs."""

import math

import torch
from torch.distributions import Categorical


def perplexity(language_model, batches):
    before = language_model.training
    language_model.eval()
    likelihoods = []
    try:
        with torch.no_grad():
            for batch in batches:
                ids, mask = batch["input_ids"], batch["attention_mask"].bool()
                positions = torch.where(mask, mask.cumsum(-1) - 1, torch.zeros_like(ids))
                output = language_model(input_ids=ids, attention_mask=batch["attention_mask"], position_ids=positions)
                for row, logits, real in zip(ids, output.logits, mask, strict=False):
                    text, guesses = row[real], logits[real].double()
                    if len(text) > 1:
                        likelihoods += Categorical(logits=guesses[:-1]).log_prob(text[1:]).tolist()
    finally:
        language_model.train(before)
    if not likelihoods:
        raise ValueError("no token counts: no text has two real tokens")
    return math.exp(-math.fsum(likelihoods) / len(likelihoods))
