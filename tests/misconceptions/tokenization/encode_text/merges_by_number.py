"""The ids of merges are counted from 256; they are those of the vocabulary."""

_right = encode_text


def encode_text(text, vocab, merges, special_tokens=(), allow_special=False):
    numbers = {number: number for number in vocab}
    lowest = {token: number for number, token in sorted(vocab.items(), reverse=True)}
    for index, (left, right) in reversed(list(enumerate(merges))):
        numbers[lowest[left + right]] = 256 + index
    return [numbers[number] for number in _right(text, vocab, merges, special_tokens, allow_special)]
