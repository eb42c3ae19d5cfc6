"""One text, one way of counting, two tokenizers: what the loss says of them, and what bits a byte say."""

from __future__ import annotations

import math

import torch

from autograder.experiments import Unfit

from ._shared import BLUE, ORANGE, as_stream, texts

CLAIM = "Nats a token can't compare tokenizers: fewer and longer tokens look worse and are better in bits a byte"
NEEDS = ("shift_targets", "bigram_counts", "bigram_probs", "next_token_loss", "bits_per_byte")
COLUMNS = ("tokens", "model", "bytes a token", "nats a token", "bits a byte")
SIZES = (256, 2048)
LENGTH, SMOOTHING = 128, 0.01


def measure(student, backbone, seed, track):
    train, held_out = texts(seed)
    guessing = student.bits_per_byte(1000 * math.log(256), 1000)  # each byte among 256
    found = {"guessing": guessing, "bytes": {}, "alone": {}, "alone_bits": {}, "pairs": {}, "pairs_bits": {}}
    for size in track(SIZES, "counting"):
        encode = encoder(train, size)
        counted, asked = as_stream(encode(train), 0), as_stream(encode(held_out), 0)
        n_bytes = sum(len(one.encode()) + 1 for one in held_out)  # one for each end
        counts = student.bigram_counts(counted, size)
        frequencies = counts.sum(dim=0, keepdim=True).expand(size, -1)
        inputs, targets = student.shift_targets(asked.unfold(0, LENGTH + 1, LENGTH))
        share = targets.numel() / (len(asked) - 1)  # what is left over fills no row
        found["bytes"][size] = n_bytes * share / targets.numel()
        for name, table in (("alone", frequencies), ("pairs", counts)):
            log_probs = student.bigram_probs(table, SMOOTHING).log()
            losses = [
                student.next_token_loss(log_probs[one][None], target[None])
                for one, target in zip(inputs, targets, strict=True)
            ]
            nats = torch.stack(losses).mean().item()
            found[name][size] = nats
            found[f"{name}_bits"][size] = student.bits_per_byte(nats * targets.numel(), round(n_bytes * share))
    return found


def encoder(train: list[str], size: int):
    """A function from texts to lists of ids: the bytes themselves, or BPE with `size` tokens, trained on the texts.

    No text of the world holds a 0 byte, so that id 0 is free to end one in either.
    """
    if size == 256:
        return lambda some: [list(one.encode()) for one in some]
    try:
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    except ImportError:
        raise Unfit("It trains a BPE with the library tokenizers, which is not installed.") from None
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(train, trainer)
    return lambda some: [one.ids for one in tokenizer.encode_batch(some)]


def rows(figures):
    yield "256", "guessing", 1, round(math.log(256), 2), round(figures.guessing, 2)
    for size in SIZES:
        for name, words in (("alone", "how often each token comes"), ("pairs", "your bigrams")):
            nats, bits = getattr(figures, name)[size], getattr(figures, f"{name}_bits")[size]
            yield f"{size:,}", words, round(figures.bytes[size], 2), round(nats, 2), round(bits, 2)


def claims(figures):
    small, large = SIZES
    yield abs(figures.guessing - 8) < 1e-6, f"guessing a byte costs {figures.guessing:.2f} bits, as it must"
    yield (
        figures.alone[small] + 0.5 < figures.alone[large]
        and figures.alone_bits[small] > 1.5 * figures.alone_bits[large],
        f"tokens alone: {figures.alone[small]:.2f} nats a token with {small} tokens, {figures.alone[large]:.2f} with "
        f"{large:,}; but {figures.alone_bits[small]:.2f} and {figures.alone_bits[large]:.2f} bits a byte",
    )
    yield (
        figures.pairs_bits[small] > 1.5 * figures.pairs_bits[large],
        f"bigrams: {figures.pairs[small]:.2f} and {figures.pairs[large]:.2f} nats a token; "
        f"{figures.pairs_bits[small]:.2f} and {figures.pairs_bits[large]:.2f} bits a byte",
    )


def draw(axes, figures):
    groups = ("alone", "alone_bits", "pairs", "pairs_bits")
    labels = ("each token alone:\nnats a token", "bits a byte", "bigrams:\nnats a token", "bits a byte ")
    for offset, size, colour in ((-0.2, SIZES[0], ORANGE), (0.2, SIZES[1], BLUE)):
        values = [getattr(figures, group)[size] for group in groups]
        axes.bar([index + offset for index in range(4)], values, 0.38, color=colour, label=f"{size:,} tokens")
        for index, value in enumerate(values):
            axes.text(index + offset, value + 0.08, f"{value:.2f}", ha="center")
    axes.set_xticks(range(4), labels)
    axes.set_ylabel("nats or bits")
    axes.legend(loc="upper right")
