"""Hidden checks of `add_chat_tokens`."""

import torch
from instruction_tuning_oracles import initial_embeddings
from torch import nn

from autograder import builders
from autograder.checks import exercise, expect_close, expect_equal, fail, probe


@probe
def with_tokens_added(student, seed, vocabulary, known=(), tied=True, calls=1):
    """Matrices of a model after add_chat_tokens, which is called as often as `calls` says; between calls row 257 is
    written (as training would). `known` are chat tokens that the tokenizer has before.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16)
    if not tied:
        model.config.tie_word_embeddings = False
        generator = torch.Generator().manual_seed(seed)
        model.lm_head.weight = nn.Parameter(torch.randn(vocabulary, 16, generator=generator))
    tokenizer = builders.tiny_tokenizer(control_tokens=known)
    added = []
    for call in range(calls):
        if call:
            with torch.no_grad():
                model.get_input_embeddings().weight[257] = 5.0
        added.append(student.add_chat_tokens(model, tokenizer))
    inputs, outputs = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    found = {
        "added": added,
        "ids": [tokenizer.convert_tokens_to_ids(token) for token in ("<|im_start|>", "<|im_end|>")],
        "inputs": inputs.detach().clone(),
        "outputs": outputs.detach().clone(),
        "trainable": inputs.requires_grad and outputs.requires_grad,
    }
    with torch.no_grad():
        inputs[3] += 1.0
    found["moved"] = float((outputs[3].detach() - found["outputs"][3]).abs().max())
    return found


@exercise("add_chat_tokens")
def test_untied_embeddings_take_their_own_means(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 257, tied=False)
    head = torch.randn(257, 16, generator=torch.Generator().manual_seed(seed))  # (V, C)
    old = initial_embeddings(seed, 257)  # (V, C)
    mean, mean_of_head = old.mean(dim=0).expand(2, 16), head.mean(dim=0).expand(2, 16)
    if result["moved"] > 0:
        fail("A model whose input and output embeddings were two matrices has one now.")
    if result["outputs"].shape[0] != 259 or result["inputs"].shape[0] != 259:
        fail("Input and output embeddings must both have a row for every token.")
    expect_equal(
        [result["inputs"][:257], result["outputs"][:257]], [old, head], what="The block of old rows of an embedding"
    )
    expect_close(result["inputs"][257:], mean, what="The block of new rows of the input", rtol=1e-4)
    if not torch.allclose(result["outputs"][257:], mean_of_head, rtol=1e-4, atol=1e-5):
        if torch.allclose(result["outputs"][257:], mean, rtol=1e-4, atol=1e-5):
            fail("The output layer's new rows hold the mean of the input's rows, not of its own.")
        fail("In an untied model the output layer's new rows do not start as the mean of its old ones.")
    assert result["trainable"], "The embeddings can no longer be trained."


@exercise("add_chat_tokens")
def test_a_second_call_changes_nothing(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 257, calls=2)
    if tuple(result["inputs"].shape) != (259, 16):
        fail("Calling twice must leave a row for every token and no more.")
    expect_close(
        result["inputs"][257],
        torch.full((16,), 5.0),
        what="A trained row of a chat token after a second call",
        mistakes={
            "A second call writes over the rows of chat tokens that were known, and maybe trained, already.": (
                lambda: result["inputs"][257]
            )
        },
    )
    expect_equal(
        result["added"],
        [2, 0],
        what="What two calls return, the number of new tokens,",
        mistakes={
            "It returns 2 although both tokens were known.": [2, 2],
            "It returns nothing.": [None, None],
        },
    )
    expect_equal(result["inputs"][:257], initial_embeddings(seed, 257), what="The rows of the old tokens")


@exercise("add_chat_tokens")
def test_one_of_the_tokens_is_known(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 258, known=("<|im_end|>",))
    old = initial_embeddings(seed, 258)  # (V, C)
    expect_equal(result["ids"], [258, 257], what="The pair of ids where <|im_end|> was known already")
    expect_equal(result["added"], [1], what="What add_chat_tokens returns where one token was known already")
    if not torch.equal(result["inputs"][257], old[257]):
        fail("The row of a chat token that was known already is written over.")
    expect_close(result["inputs"][258], old.mean(dim=0), what="The row of the one new token", rtol=1e-4)


@exercise("add_chat_tokens")
def test_a_model_with_rows_to_spare(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 270)
    old = initial_embeddings(seed, 270)  # (V, C)
    if result["inputs"].shape[0] < 270:
        fail("A model with more rows than its tokenizer has tokens is shrunk; rows are never taken away.")
    expect_close(
        result["inputs"][257:259],
        old[:257].mean(dim=0).expand(2, 16),
        what="The block of rows of the new tokens in a model with rows to spare",
        mistakes={
            "Where the model has rows to spare, the new tokens' rows are left as they were.": lambda: old[257:259],
            "The mean is taken over spare rows too, which belong to no token.": lambda: old.mean(dim=0).expand(2, 16),
        },
        rtol=1e-4,
    )
    if not torch.equal(result["inputs"][:257], old[:257]) or not torch.equal(result["inputs"][259:270], old[259:]):
        fail("Rows other than those of the new tokens have changed.")
