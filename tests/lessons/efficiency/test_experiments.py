"""What the experiments of `efficiency` are made of."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from autograder.builders import tiny_gpt2
from autograder.checks import Blocked
from autograder.experiments import load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "efficiency" / "experiments"


@pytest.fixture
def student(references):
    return references["efficiency"]


def claim(name: str):
    return load_file(FOLDER / f"{name}.py")


def test_a_gpt_that_is_not_written_is_named():
    tools = SimpleNamespace(GPT=object, init_weights=object, tensors_of=None, generate=None)
    with pytest.raises(Blocked, match=r"tensors_of \(gpt\)"):
        claim("_shared").gpt_of(SimpleNamespace(__tools__=tools))


@pytest.mark.parametrize("split", [False, True], ids=["c_attn", "q, k and v"])
def test_the_model_with_a_cache_is_the_librarys_gpt2(student, split):
    """Read at once and token by token, with queries, keys and values in one matrix or in three."""
    shared, module = claim("_shared"), claim("cache_changes_the_cost")
    theirs, ids = tiny_gpt2(3), torch.randint(53, (2, 9))
    tensors = student.__tools__.tensors_of(module.poured(student.__tools__, theirs))
    if split:
        for name in [name for name in tensors if ".c_attn." in name]:
            pieces = zip("qkv", tensors.pop(name).chunk(3), strict=True)
            tensors |= {name.replace("c_attn", part): piece for part, piece in pieces}
    forward = shared.forward_of(student, shared.joined(tensors), theirs.config.n_head)
    with torch.no_grad():
        expected = theirs(ids).logits
        logits, cache = forward(ids[:, :6], torch.arange(6), None)
        parts = [logits]
        for place in range(6, 9):
            logits, cache = forward(ids[:, place : place + 1], torch.tensor([place]), cache)
            parts.append(logits)
    assert torch.allclose(torch.cat(parts, dim=1), expected, atol=1e-5)
    assert len(cache) == theirs.config.n_layer and cache[0][0].shape[2] == 9


def test_what_a_call_reads_and_computes_is_counted():
    module = claim("cache_changes_the_cost")

    def write(read):
        forward = module.watched(lambda ids, at, cache: (ids, cache), read)
        forward(torch.zeros(1, 5), None, None)
        forward(torch.zeros(1, 2), None, None)
        q = torch.randn(1, 2, 8, 16)
        return F.scaled_dot_product_attention(q, q, q, is_causal=True)

    found = module.counted(write)
    assert found.read == 7 and found.flops == 2 * (2 * 2 * 8 * 8 * 16)


def test_the_three_arms_take_the_same_steps(student):
    """Where nothing is rounded away: one weight, a power of two as step, and a loss that is the weight itself."""
    module = claim("small_updates_need_fp32")
    ends = {}
    for arm in module.ARMS:
        model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float32 if arm == "fp32" else torch.bfloat16)
        torch.nn.init.ones_(model.weight)
        masters = [torch.ones(1, 1)] if arm == "masters" else None
        losses = module.loss_of
        module.loss_of = lambda model, ids: model.weight.sum()
        try:
            module.train_on(student, model, masters, 2.0**-6, range(8))
        finally:
            module.loss_of = losses
        ends[arm] = model.weight.item()
    assert ends == pytest.approx(dict.fromkeys(module.ARMS, 1 - 8 / 64), abs=1e-6)


def test_batches_come_from_all_of_the_text_and_are_the_same_for_a_seed():
    module = claim("small_updates_need_fp32")
    ids = torch.arange(40)
    some = list(module.batches(ids, 30, 1))
    assert some[0].shape == (module.ROWS, module.LENGTH + 1) and (some[0].diff(dim=1) == 1).all()
    starts = torch.cat([batch[:, 0] for batch in some])
    assert starts.min() == 0 and starts.max() == 40 - module.LENGTH - 1
    assert all(torch.equal(one, other) for one, other in zip(some, module.batches(ids, 30, 1), strict=True))


def test_whole_attention_is_pytorchs():
    module = claim("blocks_are_exact_and_small")
    q, k, v = (one.double() for one in module.drawn(70))
    for causal in (False, True):
        expected = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        assert torch.allclose(module.whole(q, k, v, causal), expected)
    averaged = module.mean_of_softmaxes(q[..., :64, :], k[..., :64, :], v[..., :64, :])
    halves = [module.whole(q[..., :64, :], k[..., at, :], v[..., at, :], False) for at in (slice(0, 32), slice(32, 64))]
    assert torch.allclose(averaged, sum(halves) / 2)


def test_the_largest_tensor_is_seen_where_it_is_gone_again():
    module = claim("blocks_are_exact_and_small")
    x = torch.ones(30, 2)
    with module.Largest() as seen:
        (x @ x.T).sum().item()
    assert seen.numbers == 900
    with module.Largest() as seen:
        x.sum(), math.pi
    assert seen.numbers == 1
