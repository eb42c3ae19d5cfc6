"""The references of `pretrained_weights` against Hugging Face's GPT-2, files of safetensors, and numpy."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel
from transformers.pytorch_utils import Conv1D

from autograder.builders import tiny_gpt2

KINDS = {Conv1D: "/w", nn.LayerNorm: "/g", nn.Embedding: ""}  # how OpenAI's model.py ends the name of what is a weight


@pytest.fixture
def lesson(references):
    return references["pretrained_weights"]


@pytest.fixture
def gpt(references):
    return references["gpt"]


class Logits(nn.Module):
    """The library's model, from ids to logits."""

    def __init__(self, theirs) -> None:
        super().__init__()
        self.theirs = theirs

    def forward(self, ids):
        return self.theirs(ids, attention_mask=torch.ones_like(ids)).logits


def own_gpt(lesson, gpt, state, heads):
    converted = lesson.convert_weights(state)
    model = gpt.GPT(gpt.GPTConfig(**lesson.shape_from_weights(converted, heads)))
    lesson.load_into(model, converted, gpt.tensors_of)
    return model.eval()


def draw_ids(*shape, seed=0):
    return torch.randint(53, shape, generator=torch.Generator().manual_seed(seed))


def modules_with_weights(theirs):
    """(short name of the module, its class) of all that hold parameters, but for the head."""
    for name, module in theirs.transformer.named_modules():
        if [*module.parameters(recurse=False)]:
            yield name, type(module)


def openais(theirs):
    """(name in OpenAI's file, short name) of all parameters, from what kind of module holds them."""
    for name, kind in modules_with_weights(theirs):
        scope = "model/" + "/".join(f"h{part}" if part.isdecimal() else part for part in name.split(".") if part != "h")
        yield f"{scope}{KINDS[kind]}", f"{name}.weight"
        if kind is not nn.Embedding:
            yield f"{scope}/b", f"{name}.bias"


def test_names_are_those_of_the_librarys_modules(lesson):
    theirs = tiny_gpt2(0, layers=12)
    pairs = [*openais(theirs)]
    for tensorflow, short in pairs:
        assert {lesson.canonical_name(one) for one in (tensorflow, short, f"transformer.{short}")} == {short}
    assert {short for _, short in pairs} == theirs.transformer.state_dict().keys()
    assert lesson.canonical_name("lm_head.weight") is None


def test_what_is_transposed_is_what_conv1d_holds(lesson):
    theirs = tiny_gpt2(1)
    turned = {f"{name}.weight" for name, kind in modules_with_weights(theirs) if kind is Conv1D}
    assert {name for name in theirs.transformer.state_dict() if lesson.stored_transposed(name)} == turned


@pytest.mark.parametrize("prefix", ["", "transformer."])
def test_a_file_of_safetensors_gives_the_maps_of_linear(lesson, prefix, tmp_path):
    theirs = tiny_gpt2(2)
    state = {prefix + name: one.contiguous() for name, one in theirs.transformer.state_dict().items()}
    save_file(state, tmp_path / "model.safetensors")
    converted = lesson.convert_weights(load_file(tmp_path / "model.safetensors"))
    for name, module in theirs.transformer.named_modules():
        if isinstance(module, Conv1D):
            weight, bias = converted[f"{name}.weight"], converted[f"{name}.bias"]
            x = torch.randn(3, weight.shape[1], generator=torch.Generator().manual_seed(0))
            torch.testing.assert_close(nn.functional.linear(x, weight, bias), module(x))


@pytest.mark.parametrize(("width", "layers", "heads"), [(768, 12, 12), (1024, 24, 16), (1600, 48, 25)])
def test_sizes_are_those_of_the_librarys_config(lesson, width, layers, heads):
    config = GPT2Config(n_embd=width, n_layer=layers, n_head=heads)
    with torch.device("meta"):
        state = GPT2LMHeadModel(config).transformer.state_dict()
    assert lesson.shape_from_weights(state, heads) == {
        "vocab": config.vocab_size,
        "positions": config.n_positions,
        "width": config.n_embd,
        "layers": config.n_layer,
        "heads": config.n_head,
    }


@pytest.mark.parametrize("heads", [1, 3, 8])
def test_a_loaded_gpt_has_the_librarys_logits(lesson, gpt, heads):
    theirs, ids = tiny_gpt2(heads, heads=heads, layers=3), draw_ids(2, 32)
    mine = own_gpt(lesson, gpt, theirs.state_dict(), heads)
    with torch.no_grad():
        torch.testing.assert_close(mine.double()(ids), Logits(theirs.double())(ids), rtol=0, atol=1e-12)


def test_openais_file_gives_the_librarys_logits(lesson, gpt):
    """Its weights of Conv1D have a 1 in front."""
    theirs, ids = tiny_gpt2(4), draw_ids(2, 32)
    numbers = theirs.transformer.state_dict()
    state = {name: numbers[short][None] if name.endswith("/w") else numbers[short] for name, short in openais(theirs)}
    with torch.no_grad():
        mine = own_gpt(lesson, gpt, state, 3).double()
        torch.testing.assert_close(mine(ids), Logits(theirs.double())(ids), rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (1, 24), (2, 24), (71, 24), (24, 72)])
def test_a_c_attn_that_cannot_be_cut_is_named(lesson, gpt, shape):
    state = lesson.convert_weights(tiny_gpt2(5).state_dict())
    model = own_gpt(lesson, gpt, tiny_gpt2(6).state_dict(), 3)
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match=r"h\.1\.attn\.(c_attn|[qkv])\.weight"):
        lesson.load_into(model, state | {"h.1.attn.c_attn.weight": torch.zeros(shape)}, gpt.tensors_of)
    assert all(torch.equal(one, before[name]) for name, one in model.state_dict().items())


@pytest.mark.parametrize("seed", range(5))
def test_a_comparison_is_numpys(lesson, seed):
    drawn = np.random.default_rng(seed)
    mine = drawn.normal(0, 5, (3, 4, 7))
    theirs = mine + drawn.normal(0, 1, mine.shape)
    found = lesson.compare_logits(torch.tensor(mine), torch.tensor(theirs))
    gap = np.abs(mine - theirs)
    assert found["max_difference"] == gap.max() and found["mean_difference"] == pytest.approx(gap.mean(), rel=1e-12)
    assert found["same_argmax"] == np.mean(mine.argmax(-1) == theirs.argmax(-1))


@pytest.mark.parametrize("broken", [None, float("nan"), float("inf")])
@pytest.mark.parametrize("gap", [0.0, 0.9e-4, 1.1e-4])
def test_they_agree_where_pytorchs_assert_close_does(lesson, gap, broken):
    mine = draw_ids(2, 3, 5).double() / 8
    theirs = mine.clone()
    theirs[1, 2, 3] += gap
    if broken is not None:
        theirs[0, 0, 0] = broken
    try:
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-4)
        close = True
    except AssertionError:
        close = False
    assert lesson.compare_logits(mine, theirs)["agree"] is close


def test_text_is_what_the_library_generates(lesson):
    """Two models that are one up to place 6: the same logits there, and other texts beyond."""
    theirs, new, generator = tiny_gpt2(7), 20, torch.Generator().manual_seed(0)
    with torch.no_grad():
        theirs.transformer.wpe.weight.normal_(generator=generator)  # else a text is one token again and again
        other = copy.deepcopy(theirs)
        other.transformer.wpe.weight[6:] += torch.randn(26, 24, generator=generator) / 2
    ids, prompt = draw_ids(2, 6), draw_ids(3, 5, seed=1)
    settings = {"max_new_tokens": new, "do_sample": False, "attention_mask": torch.ones_like(prompt), "pad_token_id": 0}
    for one in (theirs, other):
        one.generation_config.eos_token_id = None  # the course's models stop at no token by themselves
    texts = [one.generate(prompt, **settings)[:, 5:] for one in (theirs, other)]
    share = (texts[0] == texts[1]).double().mean().item()
    assert 0 < share < 1
    found = lesson.verify(Logits(other), Logits(theirs), ids, prompt, new)
    assert found == {"parameters": 0, "logits": 0, "text": pytest.approx(share), "failed": "text"}
    assert lesson.verify(Logits(theirs), Logits(theirs), ids, prompt, new)["failed"] is None


def test_parameters_are_those_that_the_library_counts(lesson):
    small, large = tiny_gpt2(8), tiny_gpt2(8, layers=3)
    found = lesson.verify(Logits(large), Logits(small), draw_ids(1, 4), draw_ids(1, 4), 1)
    assert found == {"parameters": large.num_parameters() - small.num_parameters(), "failed": "parameters"}
