"""What the experiments of this lesson share: the texts of the world, and a tokenizer trained on them.

Nothing here is graded. The figures in the comments come from five seeds:
`autograder experiment tokenization --submission solutions --seeds 5`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

TRAINED_ON, HELD_OUT = 300, 60  # documents of the world
LARGEST = 800  # tokens; the largest vocabulary that a plain trainer makes in a second or two


@dataclass(frozen=True)
class Tokenizer:
    """A vocabulary and merges with the student's functions."""

    student: object
    vocab: dict[int, bytes]
    merges: list[tuple[bytes, bytes]]

    def encode(self, text: str) -> list[int]:
        return self.student.encode_text(text, self.vocab, self.merges)

    def decode(self, ids: Sequence[int]) -> str:
        return self.student.decode_ids(ids, self.vocab)

    def cut(self, size: int) -> Tokenizer:
        """The tokenizer that training would have given for a smaller vocabulary: its first merges."""
        return Tokenizer(
            self.student, {i: token for i, token in self.vocab.items() if i < size}, self.merges[: size - 256]
        )


def world(split: str, count: int, seed: int) -> str:
    """Documents of the world that the tiny model was trained on, one text."""
    from autograder.backbone import text

    return "\n\n".join(text(split, count, seed))


def trained(student, seed: int, size: int = LARGEST, track: Callable = lambda items, what: items) -> Tokenizer:
    """The student's tokenizer of the world's texts."""
    (source,) = track([world("train", TRAINED_ON, seed)], "training the tokenizer")
    return Tokenizer(student, *student.train_bpe(source, size))


def pieces_of(student, text: str) -> list[bytes]:
    """The different pieces of a text, those of one byte left out."""
    pieces = dict.fromkeys(piece.encode() for piece in student.pretokenize(text))
    return [piece for piece in pieces if len(piece) > 1]
