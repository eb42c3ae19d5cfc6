"""show_mask, show_tokens and show_attention: what a terminal, a file and a notebook get to see."""

import re

import pytest
import torch

from autograder.builders import tiny_tokenizer
from autograder.show import show_attention, show_mask, show_tokens


def test_without_colours_supervised_tokens_stand_between_marks(capsys: pytest.CaptureFixture) -> None:
    print(show_mask([72, 105, 10, 79], [0, 1, 1, 0], tiny_tokenizer()))
    assert capsys.readouterr().out == "H«i»«⏎»\nO\n"


def test_in_a_terminal_they_are_coloured() -> None:
    shown = show_mask([72, 105], [0, 1], tiny_tokenizer()).text(coloured=True)
    assert shown == "\x1b[2mH\x1b[0m\x1b[1;30;42mi\x1b[0m"


def test_in_a_notebook_they_are_spans_and_text_stays_text() -> None:
    shown = show_mask([257, 60, 98, 10], [0, 0, 1, 0], tiny_tokenizer())._repr_html_()
    assert "&lt;|im_start|&gt;" in shown and ">&lt;</span>" in shown
    assert shown.count("background:#b7e4c7") == 1 and shown.count("<span") == 4 and shown.count("<br>") == 1


def test_control_characters_reach_no_terminal() -> None:
    assert "\x1b" not in show_mask([27, 91], [0, 0], tiny_tokenizer()).text(coloured=False)


def test_tensors_and_ids_without_a_tokenizer() -> None:
    labels = torch.tensor([-100, 7])
    assert show_mask(torch.tensor([5, 7]), labels != -100).text(coloured=False) == "5 «7 »"


@pytest.mark.parametrize(("ids", "mask"), [([1, 2], [1]), ([1, 2], [-100, 2])])
def test_what_is_no_mask_is_said(ids: list[int], mask: list[int]) -> None:
    with pytest.raises(ValueError, match="mask"):
        show_mask(ids, mask)


class Halves:
    """A tokenizer of a student: two bytes are a token."""

    def encode(self, text: str) -> list[int]:
        raw = text.encode()
        return [int.from_bytes(raw[index : index + 2].ljust(2, b"\0")) for index in range(0, len(raw), 2)]

    def decode(self, ids: list[int]) -> str:
        raw = b"".join(number.to_bytes(2) for number in ids)
        return raw.rstrip(b"\0").decode(errors="replace")


def test_tokens_without_colours_are_parted_by_bars(capsys: pytest.CaptureFixture) -> None:
    print(show_tokens("ab\ncd", Halves()))
    assert capsys.readouterr().out == "ab|⏎c|\nd\n"


def test_tokens_take_turns_in_colour() -> None:
    shown = show_tokens("abcdefgh", Halves()).text(coloured=True)
    colours = re.findall(r"\x1b\[30;\d+m", shown)
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == "abcdefgh"
    assert len(colours) == 4 and len(set(colours)) == 3 and all(map(str.__ne__, colours, colours[1:]))


def test_tokens_in_a_notebook_are_spans_and_text_stays_text() -> None:
    shown = show_tokens("<b>\n", Halves())._repr_html_()
    assert "&lt;b" in shown and "<b>" not in shown and shown.count("<span") == 2 and shown.count("<br>") == 1


def test_half_a_character_is_shown_as_such() -> None:
    assert show_tokens("a안", Halves()).text(coloured=False) == "a\ufffd|\ufffd\ufffd"


def test_tokens_of_a_library_and_of_no_text() -> None:
    assert show_tokens("Hi", tiny_tokenizer()).text(coloured=False) == "H|i"
    assert show_tokens("", tiny_tokenizer()).text(coloured=False) == ""
    assert "\x1b" not in show_tokens("a\x1b[1m", Halves()).text(coloured=False)


WEIGHTS = torch.tensor([[1.0, 0.0], [0.25, 0.75]])


def test_weights_without_colours_are_numbers(capsys: pytest.CaptureFixture) -> None:
    print(show_attention(WEIGHTS, ["dog", "bites"]))
    assert capsys.readouterr().out == "         dog  bites\n  dog   1.00      ·\nbites   0.25   0.75\n"


def test_weights_in_a_terminal_are_shaded_and_zeros_are_not() -> None:
    shown = show_attention(WEIGHTS, ["dog", "bites"]).text(coloured=True)
    colours = re.findall(r"\x1b\[(\d+);48;5;(\d+)m *([\d.]+)\x1b\[0m", shown)
    assert [text for *_, text in colours] == ["1.00", "0.25", "0.75"] and len(set(colours)) == 3
    assert re.sub(r"\x1b\[[\d;]*m", "", shown) == show_attention(WEIGHTS, ["dog", "bites"]).text(coloured=False)


def test_weights_in_a_notebook_are_a_table_and_text_stays_text() -> None:
    shown = show_attention(WEIGHTS, ["<b>", "\n"])._repr_html_()
    assert shown.count("<td") == 4 and shown.count("<tr>") == 3 and shown.count("<th>&lt;b&gt;</th>") == 2
    assert "<b>" not in shown and "⏎" in shown
    assert [f"rgba(76,114,176,{one})" in shown for one in ("1.00", "0.75", "0.25", "0.00")] == [True] * 4


def test_a_query_of_a_longer_text_is_its_last_token() -> None:
    shown = show_attention(WEIGHTS[1:], ["dog", "internationally"]).text(coloured=False)
    assert shown.splitlines() == [" " * 15 + "    dog inter…", "internationally   0.25   0.75"]
    assert "\x1b" not in show_attention(WEIGHTS, ["a\x1b[1m", "b"]).text(coloured=False)


@pytest.mark.parametrize(
    ("weights", "tokens", "said"),
    [
        (torch.ones(3, 2, 2) / 2, ["a", "b"], r"these are \(3, 2, 2\); several heads or texts: .*, weights\[0\]"),
        (torch.ones(1, 3, 2, 2) / 2, ["a", "b"], r"weights\[0, 0\]"),
        (torch.ones(2) / 2, ["a", "b"], "needs \\[None\\]"),
        (WEIGHTS, ["a"], "2 keys and 1 tokens"),
        (WEIGHTS[:, :1], ["a"], "2 queries and 1 keys"),
        (torch.tensor([[0.5, -3.0], [0.0, 1.0]]), ["a", "b"], "one is -3: pass them after the softmax"),
        (torch.tensor([[float("nan"), 1.0]]), ["a", "b"], "one is nan"),
    ],
)
def test_what_are_no_weights_of_one_head_is_said(weights: torch.Tensor, tokens: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        show_attention(weights, tokens)


def test_weights_of_16_bits_may_round_above_1() -> None:
    assert "1.00" in str(show_attention(torch.tensor([[1.0005]]), ["a"]))
