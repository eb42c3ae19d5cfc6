"""Hidden checks of `encode_text`."""

from tokenization_oracles import pieces_of, random_letters
from tokenization_text_oracles import ids_of, ordinary_ids, printable, trained

from autograder.checks import exercise, expect_equal


@exercise("encode_text")
def test_ids_of_hugging_face(student, rng):
    """The tokenizers library, with the same merges and vocabulary."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    learned, merges, vocab = trained(rng)
    model = models.BPE(
        vocab={printable(token): number for number, token in vocab.items()},
        merges=[(printable(left), printable(right)) for left, right in merges],
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    text = f"{learned}\n\n  Don't, 1942 {learned[:30].upper()}'s  naïve слово 한국어 🙂 \t{learned[::-1]}  "
    expect_equal(
        student.encode_text(text, vocab, merges),
        tokenizer.encode(text).ids,
        what="The list of ids of a text that a library encoded too",
    )


@exercise("encode_text")
def test_special_tokens_side_by_side_and_inside_words(student, rng):
    p, q, r = random_letters(rng, 3)
    specials = [f"{p}{q}", f"{p}{q}{p}", ".*", " ", f"({r}|{q})"]
    learned, merges, vocab = trained(rng, specials)
    parts = [
        f"{p}{q}",
        f"{p}{q}{p}",
        f"{p}{q}{p}{q}",
        ".*",
        "..**",
        " ",
        "  ",
        f"({r}|{q})",
        f"{r}",
        "\n",
        "Ä",
        learned[:9],
    ]
    text = "".join(rng.permutation(parts * 2))
    expect_equal(
        [
            student.encode_text(text, vocab, merges, tuple(specials), True),
            student.encode_text(text, vocab, merges, specials),
        ],
        [ids_of(text, vocab, merges, specials), ordinary_ids(pieces_of(text), vocab, merges)],
        what="The list of ids of a text full of special tokens",
    )


@exercise("encode_text")
def test_a_special_token_alone_and_at_both_ends(student, rng):
    special = f"<|{''.join(random_letters(rng, 3))}|>"
    learned, merges, vocab = trained(rng)
    vocab = {number + 1: token for number, token in vocab.items()} | {0: special.encode()}  # the lowest id is its own
    texts = [
        special,
        special * 2,
        f"{special}{learned[:20]}{special}",
        f"{special[:-1]}{special}",
        f"{special[:-1]} {learned[:5]}",
    ]
    expect_equal(
        [student.encode_text(text, vocab, merges, [special], allow_special=True) for text in texts],
        [ids_of(text, vocab, merges, [special]) for text in texts],
        what="The list of ids of texts with one special token",
    )


@exercise("encode_text")
def test_special_tokens_allowed_but_none_given(student, rng):
    learned, merges, vocab = trained(rng)
    text = f"<|endoftext|> {learned[:40]}"
    expect_equal(
        student.encode_text(text, vocab, merges, allow_special=True),
        ordinary_ids(pieces_of(text), vocab, merges),
        what="The list of ids of a text where no special tokens are given",
    )
