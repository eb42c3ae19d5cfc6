"""Hidden checks of `token_log_probs`."""

import torch
from alignment_oracles import TOL_FP32

from autograder.checks import exercise, expect_close, expect_equal, fail


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
def test_very_unlikely_tokens(student):
    logits = torch.tensor([[[0.0, 800.0, -800.0], [5.0, 0.0, 0.0]]])
    got = student.token_log_probs(logits, torch.tensor([[1, 2]]))
    if isinstance(got, torch.Tensor) and not torch.isfinite(got).all():
        fail("log(softmax(x)) is -inf for unlikely tokens; log_softmax is not.")
    expect_close(got, torch.tensor([[-1600.0]]), what="The log-probability of a very unlikely token", **TOL_FP32)


@exercise("token_log_probs")
def test_one_token_has_nothing_before_it(student, rng):
    got = student.token_log_probs(rng.randn(3, 1, 5), rng.randint(0, 5, (3, 1)))
    expect_equal(tuple(got.shape), (3, 0), what="The shape for rows of one token")


@exercise("token_log_probs")
def test_probabilities_of_all_tokens_add_up_to_one(student, rng):
    logits = 2 * rng.randn(1, 2, 5).expand(5, 2, 5)
    tokens = torch.stack([torch.zeros(5, dtype=torch.int64), torch.arange(5)], dim=1)
    got = student.token_log_probs(logits, tokens)
    expect_close(got.exp().sum(), torch.tensor(1.0), what="The sum of the probabilities of all next tokens", **TOL_FP32)


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
