"""Hidden checks of `kl_estimate`."""

import torch
from alignment_oracles import TOL_FP32, expect_said, log_probs

from autograder.checks import exercise, expect_close, expect_error, fail, probe


@exercise("kl_estimate")
def test_unknown_kinds_are_errors(student, rng):
    for kind in ("k4", "K1", "", "full"):
        says = expect_said("The error about the kind doesn't say which there are.", "k1", "k2", "k3", every=True)
        with expect_error("ValueError", what="kl_estimate with an unknown kind"), says:
            student.kl_estimate(log_probs(rng, 3), log_probs(rng, 3), kind)


@exercise("kl_estimate")
def test_signs_of_the_estimates(student, rng):
    logp = log_probs(rng, 200)
    logp_ref = logp + 0.3 * rng.randn(200)
    k1, k2, k3 = (student.kl_estimate(logp, logp_ref, kind) for kind in ("k1", "k2", "k3"))
    if not ((k1 < 0).any() and (k1 > 0).any()):
        fail("k1 has only one sign; single values may be negative, and only then it is unbiased.")
    for kind, found in (("k2", k2), ("k3", k3)):
        if (found < -1e-6).any():
            fail(f"{kind} is negative for some tokens; it never is.")
    swapped = student.kl_estimate(logp_ref, logp, "k3")
    if (swapped - k3).abs().max() < 1e-3:
        fail("k3 does not tell policy from reference.")


@probe
def mean_gradient(student, table, reference, kind):
    """The gradient of an estimate used as a loss, on average over every token that the policy may sample."""
    table.requires_grad_()
    log_p, log_q = table.log_softmax(dim=0), reference.log_softmax(dim=0)
    weights = log_p.exp().detach()
    (gradient,) = torch.autograd.grad((weights * student.kl_estimate(log_p, log_q, kind)).sum(), table)
    return gradient


@exercise("kl_estimate")
def test_as_losses_k1_has_no_gradient_and_k2_that_of_kl(student, rng):
    p, q = rng.randn(6), rng.randn(6)
    exact = p.double().requires_grad_()
    log_p = exact.log_softmax(dim=0)
    (slope,) = torch.autograd.grad((log_p.exp() * (log_p - q.double().log_softmax(dim=0))).sum(), exact)
    expect_close(
        student.run(mean_gradient, p, q, "k1"),
        torch.zeros(6),
        what="k1's gradient, on average over every token,",
        **TOL_FP32,
    )
    expect_close(
        student.run(mean_gradient, p, q, "k2"),
        slope.float(),
        what="k2's gradient, on average over every token,",
        mistakes={"In k2 the half is missing.": 2 * slope.float()},
        **TOL_FP32,
    )
