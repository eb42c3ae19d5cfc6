"""Hidden checks of `add_chat_tokens`."""

import torch
from instruction_tuning_oracles import (
    expect_counts,
    expect_ids,
    expect_kept,
    expect_own_means,
    initial_embeddings,
    initial_head,
    spare_mistakes,
    with_tokens_added,
)

from autograder.checks import exercise, expect_close, expect_equal, fail


@exercise("add_chat_tokens")
def test_untied_embeddings_take_their_own_means(student, rng):
    seed, vocabulary = rng.randint(0, 10_000), 258 + rng.randint(3, 12)
    result = student.run(with_tokens_added, seed, vocabulary, known=("<|im_end|>",), tied=False)
    expect_ids(result, [258, 257])
    expect_own_means(result, seed, vocabulary, known=258, added=1)


@exercise("add_chat_tokens")
def test_a_second_call_on_an_untied_model(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 257, tied=False, calls=2)
    expect_ids(result, [257, 258])
    if tuple(result["inputs"].shape) != (259, 16):
        fail("Calling twice must leave a row for every token and no more.")
    expect_kept(result)
    head = initial_head(seed, 257)
    expect_close(
        result["outputs"],
        torch.cat([head, head.mean(dim=0).expand(2, 16)]),
        what="The output layer of an untied model after a second call",
        mistakes={
            "The output layer's new rows hold the mean of the input's rows, not of its own.": lambda: torch.cat(
                [head, initial_embeddings(seed, 257).mean(dim=0).expand(2, 16)]
            ),
            "A model whose input and output embeddings were two matrices has one now.": lambda: result["inputs"],
        },
        rtol=1e-4,
    )
    expect_counts(result, [2, 0])
    expect_equal(result["inputs"][:257], initial_embeddings(seed, 257), what="The rows of the old tokens")


@exercise("add_chat_tokens")
def test_a_model_with_rows_to_spare(student, rng):
    spare = rng.randint(3, 12)
    for known, size in (((), 257), (("<|im_start|>",), 258)):
        seed, vocabulary, added = rng.randint(0, 10_000), size + spare, 259 - size
        result = student.run(with_tokens_added, seed, vocabulary, known=known)
        expect_ids(result, [257, 258])
        old = initial_embeddings(seed, vocabulary)
        if result["inputs"].shape[0] < vocabulary:
            fail("A model with more rows than its tokenizer has tokens is shrunk; rows are never taken away.")
        if not torch.equal(result["inputs"][257:size], old[257:size]):
            fail("The row of a chat token that was known already is written over.")
        expect_close(
            result["inputs"][size:259],
            old[:size].mean(dim=0).expand(added, 16),
            what="The block of rows of the new tokens in a model with rows to spare",
            mistakes=spare_mistakes(old, size, added),
            rtol=1e-4,
        )
        if not torch.equal(result["inputs"][:size], old[:size]) or not torch.equal(result["inputs"][259:], old[259:]):
            fail("Rows other than those of the new tokens have changed.")
