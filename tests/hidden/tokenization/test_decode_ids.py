"""Hidden checks of `decode_ids`."""

from tokenization_oracles import TRAINER, prose, random_word, vocabulary
from tokenization_text_oracles import ids_of, other_texts, shuffled

from autograder.checks import exercise, expect_equal


@exercise("decode_ids")
def test_what_was_encoded_comes_back(student, rng):
    special = "<|endoftext|>"
    first, last = random_word(rng), random_word(rng)
    text = f"{prose(rng)}\n\n  {first}’s naïve cafe\u0301 слово 한국어 🏳️\u200d🌈 \x00\t{special} {last}\u2028 \ufffd "
    merges = TRAINER.merges(text, 256 + 30)
    vocab = shuffled(rng, list(vocabulary(merges, [special]).values()))
    ids = ids_of(text, vocab, merges, [special])
    expect_equal(student.decode_ids(ids, vocab), text, what="The text of the ids", mistakes=other_texts(ids, vocab))


@exercise("decode_ids")
def test_random_bytes(student, rng):
    tokens = [bytes(rng.randint(0, 256, (rng.randint(1, 4),)).tolist()) for _ in range(60)]
    vocab = shuffled(rng, list(dict.fromkeys(tokens)))
    ids = {token: number for number, token in vocab.items()}
    asked = [ids[token] for token in tokens]
    expect_equal(
        student.decode_ids(asked, vocab),
        b"".join(tokens).decode(errors="replace"),
        what="The text of random bytes",
        mistakes=other_texts(asked, vocab),
    )
