"""Checks of `sequence_log_prob`."""

import math

import torch
from alignment_oracles import TOL_FP32, each_token, expect_graph, response_mask, with_gradients

from autograder.checks import exercise, expect_close, fail


def sequence_mistakes(logits, labels):
    """Sentence → the value with that mistake."""
    tokens, is_token = each_token(logits, labels), (labels[:, 1:] != -100).float()
    log_p, known = logits.log_softmax(dim=-1), labels.clamp(min=0)
    everything = log_p[:, :-1].gather(-1, known[:, 1:, None]).squeeze(-1)
    unshifted = log_p.gather(-1, known[..., None]).squeeze(-1) * (labels != -100)
    expected = tokens.sum(dim=1)
    count = is_token.sum(dim=1)
    last = (torch.arange(tokens.shape[1]) * is_token).argmax(dim=1)
    return {
        "It averages over the tokens; a response's log-probability is their sum.": expected / count.clamp(min=1),
        "It averages over all positions; a response's log-probability is the sum.": tokens.mean(dim=1),
        "The mask is inverted: it adds up what is not supervised.": (everything * (1 - is_token)).sum(dim=1),
        "Prompt and padding are counted: labels of -100 are taken as tokens.": everything.sum(dim=1),
        "It multiplies probabilities; their logarithms are to be added.": expected.exp(),
        "Nothing is shifted: position t guesses token t + 1, not token t.": unshifted.sum(dim=1),
        "The last supervised token is left out, often the one that ends the response.": expected
        - tokens[torch.arange(len(tokens)), last],
        "It adds up the whole batch; every row has a log-probability of its own.": expected.sum(),
        "The sign is wrong: this is a loss, not a log-probability.": -expected,
        "Token 0 is treated as padding; it is a token like any other.": (tokens * (labels[:, 1:] != 0)).sum(dim=1),
        "It takes the last supervised token only.": tokens[torch.arange(len(tokens)), last],
    }


@exercise("sequence_log_prob")
def test_sequence_log_prob_docstring_example(student, rng):
    example = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)], [5.0, 5.0]]])
    two, three = torch.tensor([[-100, 0, 1]]), torch.tensor([[-100, *rng.permutation([0, 1]), 1]])
    for logits, labels, what in (
        (rng.randn(1, 4, 2), three, "A response of three tokens"),  # where more mistakes are told apart
        (example, two, "The docstring's sequence"),
        (rng.randn(1, 3, 2), two, "A response of two tokens"),
    ):
        expect_close(
            student.sequence_log_prob(logits, labels),
            each_token(logits, labels).sum(dim=1),
            what=what,
            mistakes=sequence_mistakes(logits, labels),
            **TOL_FP32,
        )


def labelled(rng, vocabulary, lengths, columns):
    """(B, T) labels: a response of each length somewhere behind a prompt, -100 elsewhere."""
    mask = response_mask(rng, lengths, columns)
    return rng.randint(0, vocabulary, mask.shape).masked_fill(mask == 0, -100)


@exercise("sequence_log_prob")
def test_responses_of_different_lengths(student, rng):
    logits, labels = 2 * rng.randn(4, 8, 6), labelled(rng, 6, (2, 5, 1, 3), 8)
    expect_close(
        student.sequence_log_prob(logits, labels),
        each_token(logits, labels).sum(dim=1),
        what="The responses' log-probabilities",
        mistakes=sequence_mistakes(logits, labels),
        advice="Probabilities multiply, so logarithms add up; -100 counts for nothing.",
        **TOL_FP32,
    )
    half = logits.bfloat16()
    got, expected = student.sequence_log_prob(half, labels), each_token(half, labels).sum(dim=1)
    if isinstance(got, torch.Tensor) and got.dtype != torch.float32:
        fail("What comes out has the logits' dtype; it is float32.", expected="torch.float32", got=str(got.dtype))
    expect_close(got, expected, what="The responses' log-probabilities from bfloat16 logits", **TOL_FP32)
    labels[rng.randint(0, 4)] = -100
    got = student.sequence_log_prob(logits, labels)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A row without a supervised token gives NaN; a product of nothing is 1, so its logarithm is 0.")
    expect_close(
        got,
        each_token(logits, labels).sum(dim=1),
        what="The log-probabilities where a row has no response",
        mistakes=sequence_mistakes(logits, labels),
        **TOL_FP32,
    )
    labels[labels == 0], logits[..., 0] = 1, -math.inf  # token 0 is ruled out, and stands nowhere
    got = student.sequence_log_prob(logits, labels)
    ruled_out = {}
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        ruled_out["An entry of -100 is NaN where token 0 is ruled out; it is 0, whatever the logits."] = got.detach()
    expected = each_token(logits, labels).sum(dim=1)
    what = "The log-probabilities where token 0 is ruled out"
    expect_close(got, expected, what=what, mistakes=ruled_out, **TOL_FP32)
    logits, labels = rng.randn(1, 600, 6), rng.randint(0, 6, (1, 600))  # as likely as e**-1200, which is 0 in float64
    got, underflow = student.sequence_log_prob(logits, labels), {}
    if isinstance(got, torch.Tensor) and torch.isinf(got).all():
        underflow["The logarithm is taken of a product of probabilities, which is 0 for a long response."] = (
            got.detach()
        )
    expected = each_token(logits, labels).sum(dim=1)
    expect_close(got, expected, what="The log-probability of a long response", mistakes=underflow, **TOL_FP32)


@exercise("sequence_log_prob")
def test_all_sequences_of_a_tiny_vocabulary(student, rng):
    # A language model of 3 tokens that looks at the last one only, and all 27 responses of 3 tokens behind token 0.
    table = 2 * rng.randn(3, 3)
    rows = torch.cartesian_prod(*[torch.arange(3)] * 3)
    tokens = torch.cat([torch.zeros(27, 1, dtype=torch.int64), rows], dim=1)
    labels = tokens.clone()
    labels[:, 0] = -100
    found = student.sequence_log_prob(table[tokens], labels)
    expect_close(
        found,
        each_token(table[tokens], labels).sum(dim=1),
        what="The log-probability of every possible response",
        mistakes=sequence_mistakes(table[tokens], labels),
        **TOL_FP32,
    )


@exercise("sequence_log_prob")
def test_sequence_gradient(student, rng):
    logits, labels, weights = rng.randn(2, 5, 4), labelled(rng, 4, (3, 1), 5), rng.randn(2)
    result = student.run(with_gradients, "sequence_log_prob", [logits, labels], [0], weights)
    expect_graph(result)
    expected = torch.zeros_like(logits)
    for row in range(2):
        for t in range(4):
            token = int(labels[row, t + 1])
            if token != -100:
                expected[row, t] = -logits[row, t].softmax(dim=0) * weights[row]
                expected[row, t, token] += weights[row]
    expect_close(result["gradients"][0], expected, what="The gradient of the sequences' log-probabilities", **TOL_FP32)


@exercise("sequence_log_prob")
def test_the_first_label_is_never_counted(student, rng):
    logits, labels = rng.randn(3, 4, 5), rng.randint(0, 5, (3, 4))
    first = logits[:, -1].log_softmax(dim=-1).gather(-1, labels[:, :1]).squeeze(-1)
    expected = each_token(logits, labels).sum(dim=1)
    expect_close(
        student.sequence_log_prob(logits, labels),
        expected,
        what="The log-probability of rows that are labelled from the first token on",
        mistakes={
            "The label in column 0 is counted, although nothing comes before it.": expected + first,
            **sequence_mistakes(logits, labels),
        },
        **TOL_FP32,
    )
