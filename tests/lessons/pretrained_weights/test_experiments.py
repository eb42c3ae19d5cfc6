"""What the experiments of `pretrained_weights` are made of."""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from autograder.builders import tiny_gpt2
from autograder.checks import Blocked
from autograder.experiments import Backbone, Experiment, NotCompetent, Unfit, load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "pretrained_weights" / "experiments"


@pytest.fixture
def student(references):
    return references["pretrained_weights"]


def claim(name: str):
    return load_file(FOLDER / f"{name}.py")


def filled(student, theirs):
    """The converted weights of a model of the library, and their shape."""
    state = student.convert_weights(theirs.state_dict())
    return state, student.shape_from_weights(state, theirs.config.n_head)


def test_a_gpt_that_is_not_written_is_named():
    tools = SimpleNamespace(GPT=object, init_weights=object, tensors_of=None, generate=None)
    with pytest.raises(Blocked, match=r"tensors_of \(gpt\)"):
        claim("_shared").gpt_of(SimpleNamespace(__tools__=tools))


def test_another_architecture_is_refused_in_a_sentence():
    other = SimpleNamespace(config=SimpleNamespace(model_type="llama"))
    with pytest.raises(Unfit, match="this backbone is a llama"):
        claim("_shared").opened(lambda: (other, None))


def test_a_gpt_that_computes_something_else_is_said_to(student):
    shared, theirs, ids = claim("_shared"), tiny_gpt2(1), torch.randint(53, (2, 9))
    _, shape = filled(student, theirs)
    shared.require_right_gpt(student.__tools__, theirs, shape, ids)
    with pytest.raises(NotCompetent, match="Your GPT of the lesson gpt, filled by this file"):
        shared.require_right_gpt(student.__tools__, theirs, shape | {"heads": 6}, ids)


def test_texts_are_held_out_and_others_with_another_seed():
    from autograder.backbone import load_backbone

    tokenizer = load_backbone("tiny")[1]
    shared = claim("_shared")
    one, again, other = (shared.held_out(tokenizer, seed, 5, 12) for seed in (0, 0, 1))
    assert one.shape == (5, 12) and torch.equal(one, again) and not torch.equal(one, other)


def test_all_thirteen_mistakes_load_and_none_of_them_is_the_model(student):
    module, theirs, ids = claim("every_mistake_loads"), tiny_gpt2(2), torch.randint(53, (2, 9))
    state, shape = filled(student, theirs)
    with torch.no_grad():
        due = theirs(ids).logits
        for name in (module.NOTHING, *module.MISTAKES):
            model = module.loaded(student, student.__tools__, name, state, shape)
            gap = (model(ids) - due).abs().max().item()
            # of positions up to 9 those from 24 on are not seen
            assert (gap < 1e-5) == (name in (module.NOTHING, "beyond")), (name, gap)
            more = module.numbers_in(model.parameters()) - module.numbers_in(state.values())
            assert more == (53 * 24 if name == "untied" else 0)


@pytest.mark.parametrize("name", ["no_norm", "eps", "erf", "heads"])
def test_a_model_that_goes_wrong_is_the_librarys_with_that_change(name, student):
    module, theirs, ids = claim("every_mistake_loads"), tiny_gpt2(3), torch.randint(53, (2, 9))
    state, shape = filled(student, theirs)
    other = copy.deepcopy(theirs)
    if name == "no_norm":
        other.transformer.ln_f = nn.Identity()
    for layer in other.transformer.h:
        if name == "erf":
            layer.mlp.act = nn.GELU()
        if name == "heads":
            layer.attn.num_heads, layer.attn.head_dim = 6, 4
            layer.attn.scaling = 4**-0.5
    for part in other.modules():
        if name == "eps" and isinstance(part, nn.LayerNorm):
            part.eps = 1e-6
    model = module.loaded(student, student.__tools__, name, state, shape)
    with torch.no_grad():
        assert torch.allclose(model(ids), other(ids).logits, atol=1e-5)


def test_a_head_of_its_own_scores_what_the_final_norm_gives(student):
    """With the token table as that head, the logits are the model's."""
    module, theirs, ids = claim("every_mistake_loads"), tiny_gpt2(4), torch.randint(53, (2, 9))
    state, shape = filled(student, theirs)
    model = module.loaded(student, student.__tools__, module.NOTHING, state, shape)
    with torch.no_grad():
        due = model(ids)
        untied = module.Untied(model, state["wte.weight"], state["wte.weight"].clone())
        assert torch.allclose(untied(ids), due, atol=1e-5)


def test_a_mistake_in_the_weights_changes_what_it_says(student):
    module, theirs = claim("every_mistake_loads"), tiny_gpt2(5, positions=40)
    state, shape = filled(student, theirs)
    before = {name: values.clone() for name, values in state.items()}
    parts = {
        "square": ".attn.c_proj.weight",
        "swapped": ".c_attn.",
        "norms": (".ln_1.", ".ln_2."),
        "biases": ".c_attn.bias",
        "positions": "wpe.weight",
        "beyond": "wpe.weight",
    }
    for name, some in parts.items():
        found = module.changed(student.__tools__, name, state, shape)
        changed = {key for key, values in found.items() if not torch.equal(values, before[key])}
        assert changed == {
            key for key in state if any(one in key for one in ([some] if isinstance(some, str) else some))
        }
        assert all(torch.equal(values, before[key]) for key, values in state.items())
    beyond = module.changed(student.__tools__, "beyond", state, shape)["wpe.weight"]
    assert torch.equal(beyond[: module.LENGTH], before["wpe.weight"][: module.LENGTH])


def test_mixed_numbers_are_the_same_numbers():
    values = torch.randn(7, 5)
    mixed = claim("weights_are_the_knowledge").mixed(values)
    assert torch.equal(mixed.flatten().sort().values, values.flatten().sort().values) and not torch.equal(mixed, values)


def test_capitals_are_counted_as_on_the_models_card():
    from autograder.backbone import load_backbone

    theirs, tokenizer = load_backbone("tiny")
    shared = claim("_shared")
    assert shared.capitals(shared.Reference(theirs), tokenizer) == 179
    assert shared.capitals(shared.Reference(tiny_gpt2(0, vocabulary=2048, positions=64)), tokenizer) == 0


class Wrong:
    """The reference with one function exchanged."""

    def __init__(self, student, **functions) -> None:
        self.student, self.functions = student, functions

    def __getattr__(self, name):
        return self.functions.get(name) or getattr(self.student, name)


@pytest.mark.parametrize("name", ["heads_are_not_in_the_file", "weights_are_the_knowledge"])
def test_a_claim_does_not_hold_with_a_square_matrix_that_is_not_turned(name, student):
    def convert_weights(state):
        found = student.convert_weights(state)
        return {key: one.T.contiguous() if key.endswith("attn.c_proj.weight") else one for key, one in found.items()}

    module = claim(name)
    experiment = Experiment(name, module.CLAIM, module.NEEDS, module)
    assert not experiment(Wrong(student, convert_weights=convert_weights), Backbone()).holds


@pytest.mark.slow
def test_the_table_does_not_show_with_first_choices_for_logits(student):
    def compare_logits(mine, theirs, atol=1e-4):
        found = student.compare_logits(mine, theirs, atol)
        return found | {"agree": found["same_argmax"] == 1}

    name = "every_mistake_loads"
    module = claim(name)
    result = Experiment(name, module.CLAIM, module.NEEDS, module)(
        Wrong(student, compare_logits=compare_logits), Backbone()
    )
    assert any("comparing logits lets 3 through" in one.figure for one in result.verdicts if not one.holds)
