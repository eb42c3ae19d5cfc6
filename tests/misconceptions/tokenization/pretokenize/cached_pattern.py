"""What an earlier call left behind is still used."""

also = ("It cuts by GPT-2's pattern, or by an earlier one, whatever pattern is given.",)


FIRST = []
_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    if pattern != GPT2_PATTERN:
        FIRST.append(pattern)
        pattern = FIRST[0]
    return _right(text, pattern)
