"""What an earlier call left behind is still used."""

also = ("It cuts by GPT-2's pattern, whatever pattern is given.",)


FIRST = []
_right = pretokenize


def pretokenize(text, pattern=GPT2_PATTERN):
    FIRST.append(pattern)
    return _right(text, FIRST[0])
