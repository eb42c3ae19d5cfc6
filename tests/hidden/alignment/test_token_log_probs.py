"""Hidden checks of `token_log_probs`."""

import torch
from alignment_oracles import TOL_FP32

from autograder.checks import exercise, expect_close, fail


@exercise("token_log_probs")
def test_half_precision_is_raised(student, rng):
    logits, tokens = (3 * rng.randn(2, 6, 9)).bfloat16(), rng.randint(0, 9, (2, 6))
    exact = logits.double().log_softmax(dim=-1)[:, :-1].gather(-1, tokens[:, 1:, None]).squeeze(-1).float()
    got = student.token_log_probs(logits, tokens)
    if isinstance(got, torch.Tensor) and got.dtype != torch.float32:
        fail("Half precision must be raised to float32 first.", expected="float32", got=str(got.dtype))
    expect_close(
        got,
        exact,
        what="Log-probabilities from bfloat16 logits",
        mistakes={
            "It is raised to float32 after the softmax; that is too late.": logits.log_softmax(dim=-1)[:, :-1]
            .gather(-1, tokens[:, 1:, None])
            .squeeze(-1)
            .float()
        },
        **TOL_FP32,
    )


@exercise("token_log_probs")
def test_very_unlikely_tokens(student, rng):
    likely, unlikely, other = rng.permutation(range(3))
    logits = rng.randn(1, 2, 3)
    logits[0, 0, likely], logits[0, 0, unlikely], logits[0, 0, other] = 700.0, -700.0 - 100 * rng.rand(()), 0.0
    got = student.token_log_probs(logits, torch.tensor([[likely, unlikely]]))
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("log(softmax(x)) is -inf for unlikely tokens; log_softmax is not.")
    expected = (logits[0, 0, unlikely] - 700.0).reshape(1, 1)
    expect_close(got, expected, what="The log-probability of a very unlikely token", rtol=1e-6, atol=0)


@exercise("token_log_probs")
def test_one_token_has_nothing_before_it(student, rng):
    # Rows of one token, and rows of two in which every token of the vocabulary comes second.
    logits = 2 * rng.randn(1, 2, 5).expand(5, 2, 5)
    tokens = torch.stack([rng.randint(0, 5, (5,)), torch.arange(5)], dim=1)
    for columns in rng.permutation([1, 2]):
        got = student.token_log_probs(logits[:, :columns], tokens[:, :columns])
        expected = logits[:, :1].log_softmax(dim=-1).gather(2, tokens[:, 1:, None])[:, : columns - 1, 0]
        what = "The log-probabilities of rows of one token or two"
        expect_close(got, expected, what=what, **TOL_FP32)


@exercise("token_log_probs")
def test_what_follows_does_not_matter(student, rng):
    logits, tokens = rng.randn(2, 6, 5), rng.randint(0, 5, (2, 6))
    expect_close(
        student.token_log_probs(logits, tokens)[:, :3],
        student.token_log_probs(logits[:, :4], tokens[:, :4]),
        what="The first log-probabilities of a row that goes on",
        **TOL_FP32,
    )
    expected = logits[:, :-1].log_softmax(dim=-1).gather(2, tokens[:, 1:, None])[..., 0]
    expect_close(student.token_log_probs(logits, tokens), expected, what="The log-probabilities", **TOL_FP32)


@exercise("token_log_probs")
def test_a_vocabulary_of_one(student, rng):
    # The only token is certain, and behind an entry of -100 there is no other one to look up.
    labels = torch.zeros(2, rng.randint(4, 40), dtype=torch.int64)
    labels[0, 2] = -100
    got = student.token_log_probs(rng.randn(*labels.shape, 1), labels)
    expect_close(got, torch.zeros(2, labels.shape[1] - 1), what="The log-probabilities of the only token", **TOL_FP32)
