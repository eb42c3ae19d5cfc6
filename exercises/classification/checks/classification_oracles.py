"""Checks of the lesson on finetuning for classification. Run them with `pytest exercises/classification`.

Models are random GPT-2s of several widths, or smaller stand-ins where no transformer is needed. Every batch is ragged,
and what stands in the padding is noise: it must not matter."""

import torch

# fp32 sums of 24 products of size 1, after two blocks, round by about 1e-6; mistakes move things by 0.01 or more.
FP32 = {"rtol": 1e-4, "atol": 1e-4}


VOCABULARY = 53  # of builders.tiny_gpt2


def texts(rng, *lengths):
    """Lists of token ids of these lengths, none of them 0."""
    return [rng.randint(1, VOCABULARY, (length,)).tolist() for length in lengths]


def rectangle(rng, sequences, side, extra=0):
    """input_ids and attention_mask (B, T), T being `extra` more than the longest; noise in the padding."""
    longest = max(map(len, sequences)) + extra
    input_ids = rng.randint(1, VOCABULARY, (len(sequences), longest))
    attention_mask = torch.zeros_like(input_ids)
    for row, sequence in enumerate(sequences):
        place = slice(0, len(sequence)) if side == "right" else slice(longest - len(sequence), longest)
        input_ids[row, place] = torch.tensor(sequence)
        attention_mask[row, place] = 1
    return input_ids, attention_mask


def pooled_wrongly(hidden, mask):
    """What known mistakes would give, as sentences and functions."""
    rows = torch.arange(len(hidden))
    count = mask.sum(dim=1)
    real = mask[..., None].to(hidden.dtype)
    first = mask.argmax(dim=1)
    return {
        "It takes index -1, which in a padded row is padding.": lambda: hidden[:, -1],
        "It takes the first token, which in a causal model has seen nothing but itself.": lambda: hidden[rows, first],
        "It takes index 0, which is the first token or padding.": lambda: hidden[:, 0],
        "mask.sum() - 1 is the last token only when padding is on the right.": lambda: hidden[rows, count - 1],
        "It averages over padding.": lambda: hidden.mean(dim=1),
        "It averages over the real tokens instead of taking the last one.": lambda: (
            (hidden * real).sum(dim=1) / real.sum(dim=1)
        ),
        "It adds up the real tokens instead of taking the last one.": lambda: (hidden * real).sum(dim=1),
        "It takes the largest value of each dimension over the tokens instead of the last token.": lambda: hidden.amax(
            dim=1
        ),
        "It takes the first padding position after the text instead of the last token.": lambda: hidden[
            rows, count.clamp(max=hidden.shape[1] - 1)
        ],
    }


def expected_pool(hidden, mask):
    """(B, D): the vectors at the last 1 of each row."""
    return torch.stack([vectors[row.nonzero().max()] for vectors, row in zip(hidden, mask, strict=True)])


def position_ids(mask):
    """0, 1, 2 ... from each row's first real token on."""
    return (mask.cumsum(dim=1) - 1).clamp(min=0)


def parts_of(names):
    """Which parts of a model these parameters are in: "h.3" for a block, else "ln_f", "wte" or "classifier"."""
    words = [name.removeprefix("backbone.").split(".") for name in names]
    return sorted({".".join(word[:2]) if word[0] == "h" else word[0] for word in words})


HEAD = ["classifier.bias", "classifier.weight"]
