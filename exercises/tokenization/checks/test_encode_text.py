"""Checks of `encode_text`."""

from functools import partial

import regex
from tokenization_oracles import expect_anew, expect_refused_and_taken, pieces_of, random_letters, vocabulary
from tokenization_text_oracles import encoded, ids_of, ordinary_ids, shuffled, split_text, trained

from autograder.checks import AnyOf, exercise, expect_accepted, expect_equal


def other_ids(text, vocab, merges):
    """What each mistake gives for a text without special tokens."""
    order = {token: number for number, token in reversed(vocabulary(merges).items())}
    single = {token: number for number, token in vocab.items()}

    def tokens():
        return [token for piece in pieces_of(text) for token in encoded(piece, merges)]

    return {
        "Ids are counted as train_bpe numbers them; they are those of the vocabulary.": lambda: [
            order[token] for token in tokens()
        ],
        "The ids of merges are counted from 256; they are those of the vocabulary.": lambda: [
            order[token] if len(token) > 1 else single[token] for token in tokens()
        ],
        "Ids are places in the vocabulary's list; they are its keys.": lambda: [
            list(vocab.values()).index(token) for piece in pieces_of(text) for token in encoded(piece, merges)
        ],
        "Merges are applied across the pieces of pretokenize.": lambda: ordinary_ids([text], vocab, merges),
        "White space is lost; the ids must hold the whole text.": lambda: ordinary_ids(text.split(), vocab, merges),
        "It takes every byte for a token and applies no merge.": lambda: ordinary_ids(
            pieces_of(text), vocab, merges, lambda piece, _: [bytes([byte]) for byte in piece.encode()]
        ),
        "It changes letters to small ones.": lambda: ordinary_ids(pieces_of(text.lower()), vocab, merges),
        "Letters outside ASCII are lost.": lambda: ordinary_ids(
            pieces_of(text.encode("ascii", "ignore").decode()), vocab, merges
        ),
        "Letters outside ASCII become question marks.": lambda: ordinary_ids(
            pieces_of(text.encode("ascii", "replace").decode()), vocab, merges
        ),
        "Every piece is encoded once; a piece that occurs again counts again.": lambda: ordinary_ids(
            list(dict.fromkeys(pieces_of(text))), vocab, merges
        ),
        "It gives the tokens, not their ids.": lambda: [
            token for piece in pieces_of(text) for token in encoded(piece, merges)
        ],
        "It gives a list of ids for each piece; one list is asked for.": lambda: [
            ordinary_ids([piece], vocab, merges) for piece in pieces_of(text)
        ],
        "A space is put before the text.": lambda: ordinary_ids(pieces_of(" " + text), vocab, merges),
        "White space at the end of the text is lost.": lambda: ordinary_ids(pieces_of(text.rstrip()), vocab, merges),
        "White space at the beginning of the text is lost.": lambda: ordinary_ids(
            pieces_of(text.lstrip()), vocab, merges
        ),
    }


@exercise("encode_text")
def test_ids_are_those_of_the_vocabulary(student, rng):
    merges = [(b"a", b"a"), (b"aa", b"a"), (b"aaa", b"b")]
    example = "aaabac<|end|>", vocabulary(merges, ["<|end|>"]), merges
    learned, merges, vocab = trained(rng)
    words = rng.permutation(learned.split())[:6]
    # 'word'word' has a merge across pieces, for " w" is learned and the apostrophe stands alone
    text = " \n" + "  ".join([*words, words[0], "".join(words[:2]).title(), "Bär 한"]) + f"1{words[1]}2 {words[2]}\n "
    for asked in (example, (text, vocab, merges)):  # the docstring's example first
        expect_equal(
            student.encode_text(*asked),
            ordinary_ids(pieces_of(asked[0]), asked[1], asked[2]),
            what="The list of ids of a text",
            mistakes=other_ids(*asked),
            advice="pretokenize, then encode_piece for each piece's bytes, then the ids of its tokens.",
        )


@exercise("encode_text")
def test_merges_stay_within_a_piece(student, rng):
    p, q, r, s = random_letters(rng, 4)
    merges = [(q.encode(), b" "), (s.encode(), b"!"), (p.encode(), q.encode()), (b"1", r.encode())]
    vocab = shuffled(rng, list(vocabulary(merges).values()))
    text = f"{p}{q} {s}! 1{r}"
    expect_equal(
        student.encode_text(text, vocab, merges),
        ordinary_ids(pieces_of(text), vocab, merges),
        what="The list of ids of a text",
        mistakes=other_ids(text, vocab, merges),
    )


def _framed(ids, special, vocab):
    """The ids with a special token before, behind, and both."""
    number = max(number for number, token in vocab.items() if token == special.encode())
    return [[number, *ids], [*ids, number], [number, *ids, number]]


def special_ids(text, vocab, merges, specials):
    """What each mistake gives for a text with special tokens that are allowed."""

    def by(parts, special_id=None):
        found = []
        for part, special in parts:
            if special:
                found += [max(number for number, token in vocab.items() if token == part.encode())]
            else:
                found += ordinary_ids(pieces_of(part), vocab, merges)
        return found

    def in_order():
        parts, index, current = [], 0, ""
        while index < len(text):
            here = [special for special in specials if text.startswith(special, index)]
            if here:
                parts += [(current, False), (here[0], True)]
                current, index = "", index + len(here[0])
            else:
                current, index = current + text[index], index + 1
        return by([*parts, (current, False)])

    def unescaped():
        pattern = "|".join(sorted(specials, key=len, reverse=True))
        return by([(part, part in specials) for part in regex.split(f"({pattern})", text) if part])

    def once():
        seen, parts = set(), []
        for part, special in split_text(text, specials):
            parts.append((part, special and part not in seen))
            seen.add(part)
        return by(parts)

    def lowest():
        ids = {token: number for number, token in sorted(vocab.items(), reverse=True)}
        return [
            number
            for part, special in split_text(text, specials)
            for number in ([ids[part.encode()]] if special else ordinary_ids(pieces_of(part), vocab, merges))
        ]

    split = split_text(text, specials)
    return {
        "Special tokens stay letters although they are allowed.": lambda: ordinary_ids(pieces_of(text), vocab, merges),
        "Where a short special token begins a longer one, the short one wins.": lambda: by(
            split_text(text, specials, longest=False)
        ),
        "Of special tokens that begin at one place the first of the list wins; the longest does.": in_order,
        "Special tokens are read as a pattern; `|` in them means 'or'.": unescaped,
        "Special tokens are lost.": lambda: by([(part, False) for part, special in split if not special]),
        "What stands beside special tokens is lost.": lambda: by([(part, True) for part, special in split if special]),
        "White space beside special tokens is lost.": lambda: by(
            [(part if special else part.strip(), special) for part, special in split]
        ),
        "White space that stands alone between special tokens is lost.": lambda: by(
            [(part, special) for part, special in split if part.strip()]
        ),
        "A special token that occurs again is letters.": once,
        "A special token gets the lowest of the ids with its bytes; it gets the highest.": lowest,
        "The text is cut by pretokenize before special tokens are looked for.": lambda: by(
            [(piece, piece in specials) for piece in pieces_of(text)]
        ),
        "The ids begin or end with a special token that the text doesn't have there.": lambda: AnyOf(
            *(ids for special in specials for ids in _framed(by(split), special, vocab))
        ),
        "Special tokens are put at the end.": lambda: by(
            [(part, False) for part, special in split if not special]
            + [(part, True) for part, special in split if special]
        ),
        "Only the first special token of the list is looked for.": lambda: by(split_text(text, specials[:1])),
    }


@exercise("encode_text")
def test_allowed_special_tokens_are_one_id(student, rng):
    names = random_letters(rng, 3)
    short, other = f"<|{names[0]}|>", f"<|{names[1]}|>"
    longer, plain = short + names[2] * 2, names[0] * 3
    specials = [plain, short, *rng.permutation([other, longer])]
    learned, merges, vocab = trained(rng, specials)
    words = [word for word in learned.split() if plain not in word][:4]
    parts = [f" {words[0]} ", f"{longer}\n", f"{short} {words[1]}", f"{other}{other}", f"{names[0]}|{plain} ", longer]
    parts.append(f"{short} \n{short}")
    text = f"{words[2]}{short}" + "".join(rng.permutation(parts)) + f" {words[3]}"
    expect_equal(
        student.encode_text(text, vocab, merges, specials, allow_special=True),
        ids_of(text, vocab, merges, specials),
        what="The list of ids of a text with special tokens",
        mistakes={**special_ids(text, vocab, merges, specials), **other_ids(text, vocab, merges)},
        advice="Cut at the special tokens first, the longest first; what lies between is ordinary text.",
    )


@exercise("encode_text")
def test_a_users_special_token_is_letters(student, rng):
    name = "".join(random_letters(rng, 4))
    special = f"<|{name}|>"
    learned, merges, _ = trained(rng)
    merges = [*merges, (b" ", b"<"), (b"|", b">")]  # so that pieces are others where the text is cut
    vocab = shuffled(rng, list(vocabulary(merges, [special]).values()))
    text = f"{special} {' '.join(rng.permutation(learned.split())[:4])} {special}{special}"
    right = ordinary_ids(pieces_of(text), vocab, merges)
    mistakes = {
        "A special token in a user's text becomes its id, although it isn't allowed.": ids_of(
            text, vocab, merges, [special]
        ),
        "A special token that isn't allowed is lost; it is letters like any others.": ordinary_ids(
            pieces_of(text.replace(special, "")), vocab, merges
        ),
        "The text is cut at special tokens that aren't allowed.": [
            number for part, _ in split_text(text, [special]) for number in ordinary_ids(pieces_of(part), vocab, merges)
        ],
    }
    with expect_accepted("A special token in a user's text is an error; it is letters like any others."):
        found = [
            student.encode_text(text, vocab, merges, [special]),
            student.encode_text(text, vocab, merges, [special], allow_special=False),
            student.encode_text(text, vocab, merges),
        ]
    with expect_accepted("No special tokens are an error where they are allowed; the text is ordinary then."):
        none = student.encode_text(text, vocab, merges, allow_special=True)
    letters = ordinary_ids([*text], vocab, merges)
    expect_equal(
        none,
        right,
        what="The list of ids where special tokens are allowed but none is given",
        mistakes={"Where no special tokens are given, the text is cut between all its letters.": letters},
    )
    expect_equal(
        found,
        [right] * 3,
        what="The list of ids of a text with special tokens that aren't allowed",
        mistakes={
            sentence: AnyOf([wrong, wrong, right], [wrong, right, right], [right, wrong, right], [wrong, wrong, wrong])
            for sentence, wrong in mistakes.items()
        },
        advice="Special tokens cut the text only if allow_special is True.",
    )


@exercise("encode_text")
def test_ids_with_the_same_bytes(student, rng):
    p, q, r = random_letters(rng, 3)
    special = f"{p}{q}"
    merges = [(p.encode(), q.encode())]
    tokens = list(vocabulary(merges, [special]).values())
    numbers = sorted(rng.permutation(range(600))[: len(tokens)])
    # The merge's token has the lower number, the special token the higher, whichever stands first in the dict
    pairs = list(zip(numbers, [*rng.permutation(tokens[:256]), *tokens[256:]], strict=True))
    singles = rng.permutation(pairs[:-2])
    text = f"{r} {special} {r}{special}\n{special}"
    vocab, turned = dict(singles + pairs[-2:]), dict(singles + pairs[:-3:-1])
    found = [
        student.encode_text(text, some, merges, [special], allow_special=allow)
        for some in (vocab, turned)
        for allow in (False, True)
    ]
    plain, allowed = ordinary_ids(pieces_of(text), vocab, merges), ids_of(text, vocab, merges, [special])
    low, high = numbers[-2:]

    def swapped(ids, old, new):
        return [new if number == old else number for number in ids]

    highest, lowest = swapped(plain, low, high), swapped(allowed, high, low)
    expect_equal(
        found,
        [plain, allowed] * 2,
        what="The list of ids where two have the same bytes",
        mistakes={
            "Ordinary text gets the highest of the ids with its bytes, which is that of a special token.": [
                highest,
                allowed,
            ]
            * 2,
            "A special token gets the lowest of the ids with its bytes; it gets the highest.": [plain, lowest] * 2,
            "Of the ids with the same bytes, the place in the dict decides; the number must.": AnyOf(
                [plain, allowed, highest, allowed],
                [plain, allowed, highest, lowest],
                [plain, allowed, plain, lowest],
                [highest, allowed, plain, allowed],
                [highest, allowed, plain, lowest],
            ),
            "Special tokens stay letters although they are allowed.": [plain] * 4,
            "A special token in a user's text becomes its id, although it isn't allowed.": [allowed] * 4,
        },
    )


@exercise("encode_text")
def test_a_special_token_that_the_vocabulary_lacks(student, rng):
    name, missing = "".join(random_letters(rng, 3)), "".join(random_letters(rng, 5))
    special, absent = f"<|{name}|>", f"<|{missing}|>"
    learned, merges, vocab = trained(rng, [special])
    text = f"{rng.choice(learned.split())}{special}"
    encode = partial(student.encode_text, text, vocab, merges)
    expect_refused_and_taken(
        rng,
        [
            (partial(encode, [special, absent], allow_special=True), absent),
            (partial(encode, [absent], True), absent),
        ],
        partial(encode, [special], True),
        ids_of(text, vocab, merges, [special]),
        error="A special token that the vocabulary lacks",
        unnamed="The error for a special token that the vocabulary lacks does not name it.",
        accepted="A special token that the vocabulary has is an error.",
        what="The list of ids of a text with a special token",
    )
    with expect_accepted("A special token that the vocabulary lacks is an error although none is allowed."):
        found = student.encode_text(text, vocab, merges, [absent])
    expect_equal(
        found, ordinary_ids(pieces_of(text), vocab, merges), what="The list of ids where no special token is allowed"
    )


@exercise("encode_text")
def test_an_empty_text_has_no_ids(student, rng):
    name = "".join(random_letters(rng, 3))
    _, merges, vocab = trained(rng, [name])
    with expect_accepted("An empty text is an error; it has no ids."):
        found = [
            student.encode_text("", vocab, merges),
            student.encode_text("", vocab, merges, [name], allow_special=True),
        ]
    found.append(student.encode_text(name, vocab, merges, [name], allow_special=True))
    expect_equal(
        found,
        [[], [], ids_of(name, vocab, merges, [name])],
        what="The list of ids of an empty text",
    )


@exercise("encode_text")
def test_each_text_is_encoded_anew(student, rng):
    """One text, with other numbers in each call; then with other merges."""
    p, q, r = random_letters(rng, 3)
    tables = rng.permutation([[(p.encode(), q.encode())], [(q.encode(), r.encode())]])
    vocabs = [shuffled(rng, list(vocabulary(merges).values())) for merges in tables]
    text = f"{p}{q}{r} {p}{q}{r}"
    other = dict(rng.permutation(list(shuffled(rng, list(vocabs[0].values())).items())))  # no id is a place in it
    cases = [(vocab, tables[0]) for vocab in (other, vocabs[0], other)]
    expect_anew(
        [student.encode_text(text, vocab, merges) for vocab, merges in cases],
        [ordinary_ids(pieces_of(text), vocab, merges) for vocab, merges in cases],
        what="The list of ids of one text by other vocabularies",
        mistakes={
            **{
                sentence: [other_ids(text, other, tables[0])[sentence]()] * 3
                for sentence in other_ids(text, other, tables[0])
                if sentence.startswith("Ids are")
            },
            "It gives the tokens, not their ids.": [
                [token for piece in pieces_of(text) for token in encoded(piece, tables[0])]
            ]
            * 3,
        },
    )
    cases = [(vocabs[at], tables[at]) for at in (0, 1, 0)]
    expect_anew(
        [student.encode_text(text, vocab, merges) for vocab, merges in cases],
        [ordinary_ids(pieces_of(text), vocab, merges) for vocab, merges in cases],
        what="The list of ids of one text by other merges",
    )
