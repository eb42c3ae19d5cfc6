"""The green boxes are what the assistant says, and the token that ends it."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = runpy.run_path(str(ROOT / "solutions/instruction_tuning/instruction_tuning.py"))
pytestmark = pytest.mark.xdist_group("chromium")

CHATS = runpy.run_path(str(ROOT / "exercises/instruction_tuning/play/masking.py"))["CHATS"]


@pytest.mark.parametrize("name", list(CHATS))
def test_what_is_learned(opened, name):
    one = opened("instruction_tuning", "masking")
    one.set("conversation", name)
    texts, learned = one.tokens
    turns = [{"role": role, "content": content} for role, content in CHATS[name]]
    plain = "".join(texts).replace("␣", " ").replace("⏎", "\n")
    assert plain == REFERENCE["render_chatml"](turns)
    said = [turn["content"] + "<|im_end|>" for turn in turns if turn["role"] == "assistant"]
    assert "".join(learned).replace("␣", " ") == "".join(said)
    assert one.numbers(r"Token 1 of (\d+),.* (\d+) of \d+ are learned") == [len(texts), len(learned)]


def test_the_token_that_is_chosen(opened):
    one = opened("instruction_tuning", "masking")
    texts, _ = one.tokens
    at = texts.index("The")
    one.set("token", str(at + 1))
    assert f"Token {at + 1} of {len(texts)}, “The”, id " in one.said
    assert f"mask 1, it is learned. What the model puts out at token {at} is its guess of it." in one.said
    one.set("token", "1")
    assert "mask 0, its label is -100" in one.said
