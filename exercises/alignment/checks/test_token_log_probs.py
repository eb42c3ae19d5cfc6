"""Checks of `token_log_probs`."""

import math

import torch
from alignment_oracles import TOL_FP32, each_token, expect_graph, with_gradients

from autograder.checks import exercise, expect_close


def token_mistakes(logits, input_ids):
    """Sentence → the value with that mistake."""
    log_p = logits.float().log_softmax(dim=-1)
    is_token = input_ids != -100
    known = input_ids.clamp(min=0)

    def pick(table, tokens):
        return table.gather(-1, tokens[..., None]).squeeze(-1)

    expected = each_token(logits, input_ids)
    vocabulary = logits.shape[-1]
    return {
        "Nothing is shifted: position t guesses token t + 1, not token t.": pick(log_p, known) * is_token,
        "Nothing is shifted: the last column is dropped, but position t is still asked about token t.": (
            pick(log_p, known) * is_token
        )[:, :-1],
        "Nothing is shifted: the first column is dropped, but position t is still asked about token t.": (
            pick(log_p, known) * is_token
        )[:, 1:],
        "It is shifted the wrong way: position t + 1 is asked about token t.": (
            pick(log_p[:, 1:], known[:, :-1]) * is_token[:, :-1]
        ),
        "These are the raw logits; a log_softmax turns them into log-probabilities.": (
            pick(logits.float()[:, :-1], known[:, 1:]) * is_token[:, 1:]
        ),
        "These are probabilities, not their logarithms.": expected.exp() * is_token[:, 1:],
        "The sign is wrong: these are negative log-probabilities.": -expected,
        "The logarithm has base 2; natural logarithms are used everywhere here.": expected / math.log(2),
        "The softmax runs over the positions instead of the vocabulary.": (
            pick(logits.float()[:, :-1].log_softmax(dim=1), known[:, 1:]) * is_token[:, 1:]
        ),
        "It gives the likeliest token's log-probability, not that of the token that stands there.": (
            log_p[:, :-1].amax(dim=-1) * is_token[:, 1:]
        ),
        "A label of -100 is looked up as if it were token 0; its entry must be 0.": pick(log_p[:, :-1], known[:, 1:]),
        "A label of -100 is looked up as an index from the end; its entry must be 0.": (
            pick(log_p[:, :-1], input_ids[:, 1:] % vocabulary)
        ),
        "Token 0 is treated as padding; it is a token like any other.": expected * (input_ids[:, 1:] != 0),
        "It returns T columns; there is nothing to say about the first token, so T - 1.": torch.nn.functional.pad(
            expected, (1, 0)
        ),
        "It returns T columns; nothing follows the last logits, so T - 1.": torch.nn.functional.pad(expected, (0, 1)),
        "An entry is 0 where the token before it is -100, too: the first token of a response is lost.": (
            expected * is_token[:, :-1]
        ),
        "Only tokens whose own position is supervised are kept: the mask is not shifted with the tokens.": (
            pick(log_p[:, :-1], known[:, 1:]) * is_token[:, :-1]
        ),
    }


@exercise("token_log_probs")
def test_token_log_probs_docstring_example(student, rng):
    example = torch.tensor([[[0.0, 0.0], [0.0, math.log(3)], [5.0, 5.0]]])
    for logits, tokens, what in (
        (example, torch.tensor([[1, 0, 1]]), "The docstring's row"),
        (example, torch.tensor([[1, -100, 1]]), "The docstring's row"),
        (rng.randn(1, 3, 2), rng.randint(0, 2, (1, 3)), "A row of three tokens"),
    ):
        expect_close(
            student.token_log_probs(logits, tokens),
            each_token(logits, tokens),
            what=what,
            mistakes=token_mistakes(logits, tokens),
            **TOL_FP32,
        )


@exercise("token_log_probs")
def test_tokens_of_a_batch(student, rng):
    logits, tokens = 2 * rng.randn(3, 5, 7), rng.randint(0, 7, (3, 5))
    tokens[0, 2] = 0
    expect_close(
        student.token_log_probs(logits, tokens),
        each_token(logits, tokens),
        what="The log-probabilities",
        mistakes=token_mistakes(logits, tokens),
        advice="logits[:, t] guess input_ids[:, t + 1].",
        **TOL_FP32,
    )
    half = logits.bfloat16()
    too_late = half.log_softmax(dim=-1)[:, :-1].gather(-1, tokens[:, 1:, None]).squeeze(-1)
    expect_close(
        student.token_log_probs(half, tokens),
        each_token(half, tokens),
        what="The log-probabilities from bfloat16 logits",
        mistakes={
            **token_mistakes(half, tokens),
            "Half precision must be raised to float32 first.": too_late,
            "It is raised to float32 after the softmax; that is too late.": too_late.float(),
        },
        **TOL_FP32,
    )
    double = student.token_log_probs(logits.double(), tokens)
    expect_close(double, each_token(logits, tokens), what="The log-probabilities from float64 logits", **TOL_FP32)
    logits[..., 0], logits[..., 1] = 300.0, -300.0  # a token that is nearly certain, one that is nearly ruled out
    tokens[:, 2], tokens[:, 3] = 0, 1
    got = student.token_log_probs(logits, tokens)
    unlikely = {}
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        unlikely["log(softmax(x)) is -inf for unlikely tokens; log_softmax is not."] = got.detach()
    expect_close(
        got,
        each_token(logits, tokens),
        what="The log-probabilities of very unlikely tokens",
        mistakes=token_mistakes(logits, tokens) | unlikely,
        **TOL_FP32,
    )


@exercise("token_log_probs")
def test_labels_that_are_no_tokens(student, rng):
    logits, labels = 2 * rng.randn(3, 6, 112), rng.randint(0, 112, (3, 6))
    labels[0, :2], labels[1, 3:], labels[2] = -100, -100, -100
    expect_close(
        student.token_log_probs(logits, labels),
        each_token(logits, labels),
        what="The log-probabilities of labels with -100 in them",
        mistakes=token_mistakes(logits, labels),
        advice="gather can't look up -100: put any token there first, and 0 into the result.",
        **TOL_FP32,
    )
    labels[labels == 0], logits[..., 0] = 1, -math.inf  # token 0 is ruled out, and stands nowhere
    got = student.token_log_probs(logits, labels)
    ruled_out = {}
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        ruled_out["An entry of -100 is NaN where token 0 is ruled out; it is 0, whatever the logits."] = got.detach()
    expect_close(
        got,
        each_token(logits, labels),
        what="The log-probabilities where token 0 is ruled out",
        mistakes=ruled_out,
        advice="0 times -inf is NaN: masked_fill puts a 0 there.",
        **TOL_FP32,
    )


@exercise("token_log_probs")
def test_token_gradient(student, rng):
    logits, tokens, weights = rng.randn(2, 4, 5), rng.randint(0, 5, (2, 4)), rng.randn(2, 3)
    tokens[0, 1] = -100
    result = student.run(with_gradients, "token_log_probs", [logits, tokens], [0], weights)
    expect_graph(result)
    expected = torch.zeros_like(logits)
    for row in range(2):
        for t in range(3):
            token = int(tokens[row, t + 1])
            if token != -100:  # d log p(token) / d logits = onehot - softmax
                expected[row, t] = -logits[row, t].softmax(dim=0) * weights[row, t]
                expected[row, t, token] += weights[row, t]
    expect_close(result["gradients"][0], expected, what="The gradient of the log-probabilities", **TOL_FP32)
