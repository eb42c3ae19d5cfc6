"""Checks of `sees_the_future`."""

import torch
from torch.nn import functional as F
from transformer_oracles import expect_leaks, true_leaks

from autograder.checks import AnyOf, exercise, expect_equal, probe

EARLIER = "What an earlier call gave is given again."


def table(rng, vocab, width=None):
    """Rows of numbers up to 1 in size, any two of them apart by at least 0.2 in some column."""
    rows = 0.6 * torch.rand(vocab, width or vocab, generator=rng) - 0.3
    rows[torch.arange(vocab), torch.arange(vocab)] += 0.6
    return rows


def leaky(rng, length, count, size=0.5):
    """A causal matrix of looks with that many leaks: the last position, the second, neighbours and far ones."""
    looks = torch.tril(0.5 + torch.rand(length, length, generator=rng))
    ahead = [(early, late) for late in range(1, length) for early in range(late)]
    always = [(0, length - 1), (length - 2, length - 1), (0, 1), (1, 3), (2, length - 2)]
    for early, late in [*always, *rng.permutation(ahead)[:count]]:
        looks[early, late] = size * (1 + float(torch.rand((), generator=rng)))
    return looks


def texts(rng, batch, length, vocab):
    """Ids with 0 and the last one at every position of some text; no text begins with the last id but the last."""
    ids = rng.randint(1, vocab - 1, (batch, length))
    ids[0], ids[-1] = 0, vocab - 1
    return ids


@probe
def of_the_next_token(student, ids, size):
    return student.sees_the_future(lambda some: F.one_hot(some.roll(-1, 1), size).float(), ids)


@exercise("sees_the_future")
def test_sees_the_future_docstring_example(student, rng):
    for length in rng.permutation((3, rng.randint(5, 9))):
        ids = rng.randint(0, 7, (2, length))
        expect_equal(
            student.run(of_the_next_token, ids, 7),
            [(at + 1, at) for at in range(length - 1)],
            what="What is found in logits that show the next token",
        )
    looks = leaky(rng, 8, 6)
    model = (texts(rng, 2, 8, 5), table(rng, 5), looks, torch.zeros(8, 8), -1)
    expect_leaks(student, model, true_leaks(looks), "What is found in a leaky model")


@exercise("sees_the_future", points=2)
def test_every_leak_is_found(student, rng):
    length, vocab = rng.randint(6, 9), 7
    looks = leaky(rng, length, 4)
    ids = rng.randint(1, vocab - 1, (1, length))
    ids[0, length - 1], ids[0, 1], ids[0, length - 2] = 0, vocab - 1, 0  # the first and the last id where it leaks
    values = torch.tensor(rng.permutation([-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9]))
    rows = [torch.zeros(vocab, vocab), torch.zeros(vocab, vocab), values[:, None].expand(-1, vocab).contiguous()]
    rows[0][:, 0] = rows[1][:, -1] = values  # the first logit alone moves, the last alone, or all by as much
    for some in rng.permutation(rows):
        model = (ids, some, looks, torch.zeros(length, length), -1)
        expect_leaks(student, model, true_leaks(looks), "What is found in a leaky model")


@exercise("sees_the_future")
def test_a_model_that_sees_no_future(student, rng):
    length, vocab = rng.randint(5, 8), 6
    looks = torch.tril(0.5 + torch.rand(length, length, generator=rng))
    none = torch.zeros(length, length)
    ids = texts(rng, 2, length, vocab)
    for mask in rng.permutation((looks, leaky(rng, length, 2))):
        model = (ids, table(rng, vocab), mask, none, -1)
        expect_leaks(student, model, true_leaks(mask), "What is found in a model")
    expect_leaks(student, (ids[:, :1], table(rng, vocab), looks, none, -1), [], "What is found with one token")


@exercise("sees_the_future")
def test_small_leaks_and_rounding(student, rng):
    length, vocab = 7, 6
    looks = leaky(rng, length, 2, size=4e-4)
    looks[1, 5] = 0.9
    for early, late in ((0, 2), (2, 4), (3, 6)):  # far below what counts, and above 0
        looks[early, late] = 1e-7
    model = (texts(rng, 2, length, vocab), table(rng, vocab), looks, torch.zeros(length, length), -1)
    expect_leaks(student, model, true_leaks(looks), "What is found in a model that rounds")


@exercise("sees_the_future")
def test_a_leak_in_any_text(student, rng):
    length, vocab, always, also = 7, 8, torch.tril(torch.ones(7, 7)), torch.zeros(7, 7)
    places = rng.permutation([(early, late) for late in range(1, length) for early in range(late)])
    for early, late in places[:3]:
        always[early, late] = 0.7
    for early, late in places[3:7]:
        also[early, late] = 0.5 + float(torch.rand((), generator=rng))
    ids = texts(rng, 3, length, vocab)
    # Texts that begin with the last id look further: that is the last text, and then the first one
    for some in rng.permutation((ids, ids.flip(0))):
        model = (some, table(rng, vocab), always, also, vocab - 1)
        expect_leaks(student, model, true_leaks(always + also), "What is found where one text leaks more than others")


@exercise("sees_the_future")
def test_two_tokens_and_the_model_of_this_call(student, rng):
    length, none = 6, torch.zeros(6, 6)
    ids = torch.tensor([[0, 1, 1, 0, 1, 0]] * 3)
    first = leaky(rng, length, 7)
    second = first.tril() + 0.5 * (first == 0).float().triu(1)  # where the first doesn't leak
    size = 0.5 + float(torch.rand((), generator=rng))
    # One logit alone moves: up where a 0 is changed, down where a 1 is
    alone = torch.zeros(2, 2)
    alone[1, rng.randint(0, 2)] = size
    against = torch.tensor([[size, -size], [-size, size]])  # the sum of a position's logits never moves
    found = []
    for looks, rows in ((first, against), (second, alone), (first, alone)):
        earlier = {EARLIER: AnyOf(*found)} if found else None
        for some in rng.permutation((ids, 1 - ids)):
            model = (some, rows, looks, none, -1)
            expect_leaks(student, model, true_leaks(looks), "What is found in a model of two tokens", earlier)
        found.append(true_leaks(looks))
