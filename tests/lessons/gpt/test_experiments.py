"""What the experiments of `gpt` are made of."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from autograder.builders import tiny_gpt2
from autograder.experiments import NotCompetent, load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "gpt" / "experiments"
SIZES = {"vocab": 53, "positions": 32, "width": 24, "layers": 2, "heads": 3}


@pytest.fixture
def student(references):
    return references["gpt"]


def test_a_start_as_torchs_has_the_spreads_of_torchs_own_modules(student):
    shared = load_file(FOLDER / "_shared.py")
    torch.manual_seed(0)
    sizes = SIZES | {"vocab": 500, "positions": 400, "width": 96}
    tensors = student.tensors_of(student.GPT(student.GPTConfig(**sizes)))
    shared.start_as_torch_does(tensors)
    own = {
        "wte.weight": nn.Embedding(500, 96).weight,
        "wpe.weight": nn.Embedding(400, 96).weight,
        "h.1.attn.c_attn.weight": nn.Linear(96, 288).weight,
        "h.1.mlp.c_proj.weight": nn.Linear(384, 96).weight,
        "h.0.mlp.c_fc.bias": nn.Linear(96, 384).bias,
    }
    for name, other in own.items():
        assert tensors[name].std().item() == pytest.approx(other.std().item(), rel=0.1)
        assert tensors[name].abs().max().item() == pytest.approx(other.abs().max().item(), rel=0.3)
    assert (tensors["h.0.ln_1.weight"] == 1).all() and (tensors["ln_f.bias"] == 0).all()
    shared.start_as_torch_does(tensors, table=0.02)
    assert tensors["wte.weight"].std().item() == pytest.approx(0.02, rel=0.05)
    assert tensors["wpe.weight"].std().item() == pytest.approx(1, rel=0.05)


def test_the_stream_is_read_before_the_first_block_and_behind_each(student):
    shared = load_file(FOLDER / "_shared.py")
    torch.manual_seed(0)
    model = shared.fresh(student, **SIZES)
    tensors = student.tensors_of(model)
    ids = torch.randint(53, (3, 9))
    shared.rescale_into_the_stream(tensors, 0.0)  # nothing is added any more
    start = (tensors["wte.weight"][ids] + tensors["wpe.weight"][:9]).std().item()
    assert shared.stream_spreads(student, model, ids, 2) == pytest.approx([start] * 3)
    with torch.no_grad():
        tensors["h.0.attn.c_proj.bias"].fill_(5.0)
        tensors["h.0.attn.c_proj.bias"][::2] *= -1
    first, behind, last = shared.stream_spreads(student, model, ids, 2)
    assert first == pytest.approx(start) and behind == pytest.approx(last) and 4.9 < behind < 5.1
    with pytest.raises(NotCompetent, match="2 modules of its class Block; it should hold 3"):
        shared.stream_spreads(student, model, ids, 3)


def test_only_the_two_projections_are_rescaled(student):
    shared = load_file(FOLDER / "_shared.py")
    tensors = student.tensors_of(shared.fresh(student, **SIZES))
    before = {name: tensor.clone() for name, tensor in tensors.items()}
    shared.rescale_into_the_stream(tensors, 3.0)
    changed = {name for name, tensor in tensors.items() if not torch.equal(tensor, before[name])}
    assert changed == {f"h.{layer}.{part}.c_proj.weight" for layer in (0, 1) for part in ("attn", "mlp")}


@pytest.mark.parametrize("split", [False, True], ids=["c_attn", "q, k and v"])
def test_weights_are_poured_under_either_kind_of_names(student, split):
    claim = load_file(FOLDER / "takes_trained_weights.py")
    theirs, mine = tiny_gpt2(3), student.GPT(student.GPTConfig(**SIZES)).eval()
    tensors = student.tensors_of(mine)
    if split:
        for name in [name for name in tensors if ".c_attn." in name]:
            pieces = zip("qkv", tensors.pop(name).chunk(3), strict=True)
            tensors |= {name.replace("c_attn", part): piece for part, piece in pieces}
    claim.pour(theirs, tensors)
    gap, same, texts = claim.compared(student, mine, theirs, [torch.randint(53, (1, 7))])
    assert gap < 1e-4 and same == texts == 1


def test_parts_of_gpt2_are_all_of_it(student):
    claim = load_file(FOLDER / "tying_saves_a_table.py")
    names = student.tensors_of(student.GPT(student.GPTConfig(**SIZES)))
    inside = [name.split(".", 2)[2] if name.startswith("h.") else name for name in names]
    assert all(sum(name.startswith(start) for start in claim.PARTS.values()) == 1 for name in inside)
    assert claim.published() == {"tied": 124_439_808, "untied": 163_037_184}


def test_the_factors_between_three_starts(student):
    """Each is made from the one before: scaled, then over √layers, then not scaled."""
    shared = load_file(FOLDER / "_shared.py")
    torch.manual_seed(0)
    model = shared.fresh(student, **SIZES | {"width": 96, "layers": 8})
    tensors = student.tensors_of(model)
    for factor, spread in ((1.0, 0.02 / 4), (math.sqrt(2), 0.02 / math.sqrt(8)), (math.sqrt(8), 0.02)):
        shared.rescale_into_the_stream(tensors, factor)
        assert tensors["h.5.mlp.c_proj.weight"].std().item() == pytest.approx(spread, rel=0.05)
