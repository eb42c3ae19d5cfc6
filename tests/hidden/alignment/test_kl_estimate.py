"""Hidden checks of `kl_estimate`."""

import torch
from alignment_oracles import TOL_FP32, expect_dtype_kept, expect_said, log_probs

from autograder.checks import exercise, expect_close, expect_error, in_drawn_order, probe


@exercise("kl_estimate")
def test_unknown_kinds_are_errors(student, rng):
    logp = log_probs(rng, 3)
    logp_ref = logp + torch.tensor(rng.permutation([1.0, -1.0, 1.0])) * (0.3 + rng.rand(3))

    def another(kind):
        says = expect_said("The error about the kind doesn't say which there are.", "k1", "k2", "k3", every=True)
        with expect_error("ValueError", what="kl_estimate with an unknown kind"), says:
            student.kl_estimate(logp, logp_ref, kind)

    def known():
        expect_close(student.kl_estimate(logp, logp_ref, "k1"), logp - logp_ref, what="k1", **TOL_FP32)

    in_drawn_order(rng, known, *(lambda kind=kind: another(kind) for kind in ("k4", "K1", "", "full")))


@exercise("kl_estimate")
def test_signs_of_the_estimates(student, rng):
    logp = log_probs(rng, 40)
    logp_ref = logp + 0.3 * rng.randn(40)
    for x, pair in ((logp - logp_ref, (logp, logp_ref)), (logp_ref - logp, (logp_ref, logp))):
        k1, k2, k3 = (student.kl_estimate(*pair, kind) for kind in ("k1", "k2", "k3"))
        one_sign = {
            "k1 is made positive; single values may be negative, and only then it is unbiased.": x.abs(),
            "k1 is cut off at 0; single values may be negative, and only then it is unbiased.": x.clamp(min=0),
        }
        expect_close(k1, x, what="k1", mistakes=one_sign, **TOL_FP32)
        for kind, found, expected in (("k2", k2, x**2 / 2), ("k3", k3, torch.expm1(-x) + x)):
            expect_close(found, expected, what=kind, **TOL_FP32)

    def k2(logp, logp_ref, kind):
        return (logp - logp_ref) ** 2 / 2

    expect_dtype_kept(student.kl_estimate, (logp, logp_ref, "k2"), k2, "k2", torch.bfloat16)


@probe
def mean_gradient(student, table, reference, shares):
    """The gradient of k1 and k2 as a loss, each with its share, on average over every token that may be sampled."""
    table.requires_grad_()
    log_p, log_q = table.log_softmax(dim=0), reference.log_softmax(dim=0)
    weights = log_p.exp().detach()
    loss = sum(share * student.kl_estimate(log_p, log_q, kind) for kind, share in shares.items())
    (gradient,) = torch.autograd.grad((weights * loss).sum(), table)
    return gradient


@exercise("kl_estimate")
def test_as_losses_k1_has_no_gradient_and_k2_that_of_kl(student, rng):
    p, q = rng.randn(6), rng.randn(6)
    exact = p.double().requires_grad_()
    log_p = exact.log_softmax(dim=0)
    (slope,) = torch.autograd.grad((log_p.exp() * (log_p - q.double().log_softmax(dim=0))).sum(), exact)
    shares = {"k1": 1 + float(rng.rand(())), "k2": 1 + float(rng.rand(()))}
    slope = shares["k2"] * slope.float()
    expect_close(
        student.run(mean_gradient, p, q, shares),
        slope,
        what="The gradient of k1 and k2, on average over every token,",
        mistakes={"In k2 the half is missing.": 2 * slope},
        **TOL_FP32,
    )
