"""What the experiments of `pretraining` are made of."""

from __future__ import annotations

import math
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from autograder.experiments import NotCompetent, load_file

FOLDER = Path(__file__).resolve().parents[3] / "exercises" / "pretraining" / "experiments"


@pytest.fixture
def shared():
    return load_file(FOLDER / "_shared.py")


@pytest.fixture
def student(references):
    """The lesson's reference, with that of `gpt` as the student's tool."""
    own = references["pretraining"]
    names = {name: getattr(own, name) for name in dir(own) if not name.startswith("_")}
    return SimpleNamespace(**names, __tools__=references["gpt"])


def test_the_librarys_model_stands_in_for_one_that_is_not_written(shared, student):
    shape = shared.Shape(vocab=50, positions=12, width=16, layers=2, heads=2, dropout=0.5)
    own = shared.new_model(student, shape, 0)
    student.__tools__ = SimpleNamespace(GPT=None, init_weights=None)
    theirs = shared.new_model(student, shape, 0)
    sizes = [sum(parameter.numel() for parameter in model.parameters()) for model in (own, theirs)]
    assert sizes[0] == sizes[1]
    ids = torch.randint(50, (3, 12))
    for model in (own, theirs):
        assert model(ids).shape == (3, 12, 50)
        assert not torch.equal(model.train()(ids), model(ids)) and torch.equal(model.eval()(ids), model(ids))


def test_a_model_with_a_wrong_start_is_refused_in_a_sentence(shared, student):
    gpt = student.__tools__
    student.__tools__ = SimpleNamespace(GPT=gpt.GPT, init_weights=lambda model: None)  # a wide token table
    with pytest.raises(NotCompetent, match=r"first loss is \+\d+\.\d from ln V"):
        shared.new_model(student, shared.Shape(vocab=221), 0)


def test_a_run_in_parts_is_the_run_in_one(shared, student, monkeypatch):
    monkeypatch.setattr(shared, "LENGTH", 8)
    stream = torch.randint(30, (400,), generator=torch.Generator().manual_seed(1))
    held_out = list(islice(shared.drawn(student, stream, torch.Generator().manual_seed(2), 4), 2))
    asked: dict[int, list[int]] = {}
    found = []
    for every in (3, 12):
        model = shared.new_model(student, shared.Shape(30, 8, 16), 0)
        batches = shared.drawn(student, stream, torch.Generator().manual_seed(0), 4)

        def schedule(step, every=every):
            asked.setdefault(every, []).append(step)
            return 1e-2 / (1 + step)

        found.append(shared.run(student, model, batches, held_out, schedule, 12, every))
    assert found[0].losses == found[1].losses and len(found[0].losses) == 12
    assert asked[3] == asked[12] == sorted(asked[12]) and set(asked[12]) == set(range(12))
    assert [len(one.held_out) for one in found] == [5, 2]
    assert found[0].held_out[0] == found[1].held_out[0] and found[0].held_out[-1] == found[1].held_out[-1]


def test_counts_back_off_to_the_shorter_context(shared):
    claim = load_file(FOLDER / "a_short_run_beats_counting.py")
    train = torch.tensor([1, 2, 3] * 200)
    text = claim.Text(train=train, held_out=torch.tensor([1, 2, 3, 1, 2, 3]), vocab=4)
    single, pairs, triples = claim.counted(text)
    assert single == pytest.approx(-math.log((200 + 4 / 4) / 604))
    # asked for are 3, 1, 2, 3; the last 3 of the text has nothing behind it, so 31 and 231 are there 199 times
    third = (200 + 4 / 4) / 604
    twos = [(seen + 4 * third) / 204 for seen in (200, 199, 200, 200)]
    assert pairs == pytest.approx(-sum(map(math.log, twos)) / 4)
    threes = zip((200, 199, 199, 200), (200, 200, 199, 200), twos, strict=True)
    right = [(seen + 4 * two) / (before + 4) for seen, before, two in threes]
    assert triples == pytest.approx(-sum(map(math.log, right)) / 4)
    strangers = claim.Text(train=train, held_out=torch.tensor([2, 1, 0, 0]), vocab=4)
    assert claim.counted(strangers)[0] == pytest.approx(math.log(604))


def test_a_norm_is_that_of_the_whole_gradient(shared, student):
    claim = load_file(FOLDER / "clipping_takes_a_spike.py")
    model = shared.new_model(student, shared.Shape(30, 8, 16), 0)
    batch = torch.randint(30, (4, 8)), torch.randint(30, (4, 8))
    norm = claim.norm_of(student, model, batch)
    loss = torch.nn.functional.cross_entropy(model(batch[0]).flatten(0, 1), batch[1].flatten())
    gradients = torch.autograd.grad(loss, list(model.parameters()))
    assert norm == pytest.approx(torch.cat([one.flatten() for one in gradients]).norm().item(), rel=1e-4)


def test_a_curve_is_kept_as_text_and_drawn_from_it(shared):
    claim = load_file(FOLDER / "curves_tell.py")
    drawn = []
    panel = SimpleNamespace(
        plot=lambda *line, **_: drawn.append([list(one) for one in line]),
        set_ylim=lambda *_: None,
        set_xticks=lambda ticks: drawn.append(ticks),
    )
    claim.panel_of(panel, claim.as_text([4.0, 3.5, 3.25, 3.0]), claim.as_text([4.125, 3.0004, 2.0]))
    assert drawn == [[[4.0, 3.5, 3.25, 3.0]], [[0, 2, 4], [4.125, 3.0, 2.0]], [0, 2, 4]]
