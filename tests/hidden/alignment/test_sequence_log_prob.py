"""Hidden checks of `sequence_log_prob`."""

import torch
from alignment_oracles import TOL_FP32

from autograder.checks import exercise, expect_close, fail


@exercise("sequence_log_prob")
def test_a_row_without_a_response(student, rng):
    labels = rng.randint(0, 5, (3, 4))
    labels[0], labels[1, 1:] = -100, -100  # in the second only column 0 is labelled, and nothing comes before it
    logits = rng.randn(3, 4, 5)
    got = student.sequence_log_prob(logits, labels)
    if isinstance(got, torch.Tensor) and torch.isnan(got).any():
        fail("A row without a supervised token gives NaN; a product of nothing is 1, so its logarithm is 0.")
    each = logits[2, :-1].log_softmax(dim=-1).gather(1, labels[2, 1:, None])
    expected = torch.stack([torch.tensor(0.0), torch.tensor(0.0), each.sum()])
    expect_close(got, expected, what="The log-probabilities where two rows have no response", **TOL_FP32)


@exercise("sequence_log_prob")
def test_prompt_and_padding_count_for_nothing(student, rng):
    logits, labels = rng.randn(2, 5, 6), rng.randint(0, 6, (2, 5))
    labels[:, 0] = -100
    got = student.sequence_log_prob(logits, labels)
    nothing = torch.full((2, 4), -100)
    wide = student.sequence_log_prob(
        torch.cat([rng.randn(2, 4, 6), logits, rng.randn(2, 4, 6)], dim=1),
        torch.cat([nothing, labels, nothing], dim=1),
    )
    expect_close(
        wide,
        got,
        what="The log-probability after a longer prompt and more padding",
        advice="The sum runs over labels that are not -100.",
        **TOL_FP32,
    )
    each = logits[:, :-1].log_softmax(dim=-1).gather(2, labels[:, 1:, None])[..., 0]
    expect_close(got, each.sum(dim=1), what="The log-probability", **TOL_FP32)


@exercise("sequence_log_prob")
def test_twice_the_response_is_twice_the_logarithm(student, rng):
    # A table of logits that does not look back: each token is as likely wherever it stands.
    row, tokens = rng.randn(6), rng.randint(0, 6, (4,))
    labels = [torch.cat([torch.full((3,), -100), tokens.repeat(times)])[None] for times in (1, 2)]
    once, twice = (student.sequence_log_prob(row.expand(1, one.shape[1], 6), one) for one in labels)
    each = row.log_softmax(dim=0)[tokens]
    expect_close(
        twice,
        2 * each.sum()[None],
        what="The log-probability of a response said twice",
        mistakes={
            "It averages over the tokens; a response's log-probability is their sum.": each.mean()[None],
            "It averages over all positions; a response's log-probability is the sum.": each.sum()[None] / 5,
            "It takes the last supervised token only.": each[-1:],
        },
        **TOL_FP32,
    )
    expect_close(once, each.sum()[None], what="The log-probability", **TOL_FP32)
