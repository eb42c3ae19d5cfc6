"""Checks of `add_chat_tokens`."""

import torch
from instruction_tuning_oracles import (
    END,
    START,
    byte_ids,
    expect_counts,
    expect_ids,
    expect_kept,
    expect_own_means,
    initial_embeddings,
    spare_mistakes,
    with_tokens_added,
)

from autograder import builders
from autograder.checks import AnyOf, exercise, expect_close, expect_equal, fail, probe


@probe
def with_chat_tokens(student, seed, vocabulary, train=False, start=0.5, frozen_rows=False):
    """Call add_chat_tokens on a tied model; what the tokenizer makes of the tokens, and the model's matrices.

    The model's ln_f.bias is frozen, its embeddings where `frozen_rows` says so, and every gradient starts as `start`.
    """
    model = builders.tiny_gpt2(seed, width=16, heads=2, layers=1, vocabulary=vocabulary, positions=16).train(train)
    final = model.transformer.ln_f
    final.bias.requires_grad_(False)
    model.transformer.wte.weight.requires_grad_(not frozen_rows)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, start)
    tokenizer = builders.tiny_tokenizer(control_tokens=())
    added = student.add_chat_tokens(model, tokenizer)
    ids = [tokenizer(token, add_special_tokens=False)["input_ids"] for token in ("<|im_start|>", "<|im_end|>")]
    inputs, outputs = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    found = {
        "added": added,
        "ids": ids,
        "shown": tokenizer.decode([*ids[0], 72, 105, *ids[1]], skip_special_tokens=True),
        "end": tokenizer.eos_token,
        "size": len(tokenizer),
        "inputs": inputs.detach().clone(),
        "outputs": outputs.detach().clone(),
        "logits": None,
        "modes": [model.training, final.training],
        "frozen": [name for name, parameter in model.named_parameters() if not parameter.requires_grad],
        "gradients": [final.weight.grad, final.bias.grad],
    }
    if inputs.shape[0] >= len(tokenizer):
        found["logits"] = model(torch.tensor([[72, 105, len(tokenizer) - 1]])).logits.shape[-1]
    with torch.no_grad():
        inputs[3] += 1.0
    found["moved"] = (outputs[3] - found["outputs"][3]).detach().clone()
    return found


@exercise("add_chat_tokens")
def test_the_tokenizer_knows_the_chat_tokens(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_chat_tokens, seed, 257)
    expect_equal(
        result["ids"],
        [[START], [END]],
        what="What the tokenizer makes of <|im_start|> and <|im_end|>",
        mistakes={
            "The tokenizer does not know the chat tokens: each falls apart into pieces.": [
                byte_ids("<|im_start|>"),
                byte_ids("<|im_end|>"),
            ],
            "The chat tokens are added in the wrong order, <|im_end|> first.": [[END], [START]],
        },
    )
    expect_equal(
        result["shown"],
        "Hi",
        what="decode(..., skip_special_tokens=True) with the chat tokens in it",
        mistakes={"The chat tokens are not special: decoding can't leave them out.": "<|im_start|>Hi<|im_end|>"},
    )
    if result["end"] != "<|endoftext|>":
        fail("The tokenizer's end-of-text token is another one now.", expected="<|endoftext|>", got=result["end"])
    expect_equal(
        result["added"],
        2,
        what="What add_chat_tokens returns, the number of new tokens,",
        mistakes={
            "It returns the size of the tokenizer, not the number of new tokens.": result["size"],
            "It returns nothing.": None,
        },
    )
    expect_equal(result["inputs"][:257], initial_embeddings(seed, 257), what="The rows of the old tokens")


@exercise("add_chat_tokens")
def test_the_model_has_a_row_for_every_token(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_chat_tokens, seed, 257)
    shapes = (tuple(result["inputs"].shape), tuple(result["outputs"].shape))
    expected = ((259, 16), (259, 16))
    if shapes[0] == (257, 16):
        fail("The model's embeddings were not resized: the new ids have no row.", expected=expected, got=shapes)
    expect_equal(shapes, expected, what="The pair of shapes of input and output embeddings")
    expect_equal(result["logits"], 259, what="The size of the vocabulary in the logits")
    expect_equal(result["inputs"][:257], initial_embeddings(seed, 257), what="The rows of the old tokens")


@exercise("add_chat_tokens", points=2)
def test_new_rows_are_the_mean_of_the_old(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_chat_tokens, seed, 257)
    old = initial_embeddings(seed, 257)  # (V, C)
    mean = old.mean(dim=0)  # (C,)
    if result["inputs"].shape[0] < 259:
        fail("The model's embeddings were not resized: the new ids have no row.")
    new = result["inputs"][257:259]
    if not torch.equal(result["inputs"][:257], old):
        fail("The rows of the old tokens have changed.", advice="Only the rows of the new tokens may be written.")
    expect_close(
        new,
        mean.expand(2, 16),
        what="The block of rows of the new tokens",
        mistakes={
            "The new rows start at zero.": lambda: torch.zeros(2, 16),
            "Only <|im_start|> starts as the mean; <|im_end|> has a row too.": lambda: torch.stack([mean, new[1]]),
            "Only <|im_end|> starts as the mean; <|im_start|> has a row too.": lambda: torch.stack([new[0], mean]),
            "Each new row repeats one number, the mean over all rows and columns.": lambda: old.mean().expand(2, 16),
            "The new rows are the sum of the old ones, not their mean.": lambda: old.sum(dim=0).expand(2, 16),
            "The new rows are copies of the end-of-text token's.": lambda: old[256].expand(2, 16),
            "The new rows do not start as the mean of the old ones: they are random.": lambda: new,
        },
        rtol=1e-4,
        advice="Resizing fills new rows in a way of its own; overwrite them, under torch.no_grad().",
    )


@exercise("add_chat_tokens")
def test_a_tied_model_stays_tied(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_chat_tokens, seed, 257)
    expect_close(
        result["moved"],
        torch.ones(16),
        what="How far a row of the output layer moves with the same row of the input embeddings",
        mistakes={
            "Input and output embeddings no longer share one matrix: the tie is broken.": lambda: torch.zeros(16)
        },
    )
    expect_equal(
        result["outputs"][:257], initial_embeddings(seed, 257), what="The rows of the old tokens in the output layer"
    )


@exercise("add_chat_tokens")
def test_the_rest_of_the_model_stays_as_it_is(student, rng):
    for train, frozen_rows in ((False, False), (True, True)):
        seed, start = rng.randint(0, 10_000), float(rng.randint(1, 10_000))
        gradient = torch.full((16,), start)
        result = student.run(with_chat_tokens, seed, 257, train=train, start=start, frozen_rows=frozen_rows)
        if result["modes"] != [train, train]:
            fail("Adding tokens puts the model into another mode.", expected=[train, train], got=result["modes"])
        frozen = ["transformer.wte.weight"] * frozen_rows + ["transformer.ln_f.bias"]
        if frozen_rows and result["frozen"] == frozen[1:]:
            fail(
                "Embeddings that were frozen are trainable afterwards; what is trained is the caller's business.",
                expected=frozen,
                got=result["frozen"],
            )
        if result["frozen"] != frozen:
            fail(
                "Adding tokens changes what is trainable in the model.",
                expected=frozen,
                got=result["frozen"],
                advice="Write the rows under torch.no_grad(); no flag of the model has to change.",
            )
        expect_equal(
            result["gradients"],
            [gradient, gradient],
            what="The pair of gradients of another layer",
            mistakes={
                "Adding tokens clears the gradients of other weights.": AnyOf(
                    [None, None], [None, gradient], [torch.zeros(16)] * 2
                )
            },
        )
        expect_equal(result["inputs"][:257], initial_embeddings(seed, 257), what="The block of rows of the old tokens")


@exercise("add_chat_tokens")
def test_two_matrices_stay_two(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 257, tied=False)
    expect_ids(result, [257, 258])
    expect_own_means(result, seed, 257, known=257, added=2)


@exercise("add_chat_tokens")
def test_tokens_that_are_known_already(student, rng):
    seed = rng.randint(0, 10_000)
    twice = student.run(with_tokens_added, seed, 257, calls=2)
    expect_ids(twice, [257, 258])
    if tuple(twice["inputs"].shape) != (259, 16):
        fail("Calling twice must leave a row for every token and no more.")
    expect_kept(twice)
    expect_counts(twice, [2, 0])
    expect_equal(twice["inputs"][:257], initial_embeddings(seed, 257), what="The block of rows of the old tokens")
    seed = rng.randint(0, 10_000)
    one = student.run(with_tokens_added, seed, 258, known=("<|im_end|>",))
    expect_ids(one, [258, 257])
    expect_counts(one, [1])
    old = initial_embeddings(seed, 258)  # (V, C)
    if not torch.equal(one["inputs"][257], old[257]):
        fail("The row of a chat token that was known already is written over.")
    if one["inputs"].shape[0] < 259:
        fail("The model's embeddings were not resized: the new ids have no row.")
    expect_close(one["inputs"][258], old.mean(dim=0), what="The row of the one new token", rtol=1e-4)


@exercise("add_chat_tokens")
def test_rows_to_spare_are_kept_and_used(student, rng):
    seed = rng.randint(0, 10_000)
    result = student.run(with_tokens_added, seed, 270)
    expect_ids(result, [257, 258])
    old = initial_embeddings(seed, 270)  # (V, C)
    if result["inputs"].shape[0] < 270:
        fail("A model with more rows than its tokenizer has tokens is shrunk; rows are never taken away.")
    expect_close(
        result["inputs"][257:259],
        old[:257].mean(dim=0).expand(2, 16),
        what="The block of rows of the new tokens in a model with rows to spare",
        mistakes=spare_mistakes(old, 257, 2),
        rtol=1e-4,
    )
