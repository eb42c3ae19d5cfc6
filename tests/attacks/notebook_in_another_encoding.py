"""A notebook in UTF-16, with lone surrogates, nulls, form feeds and carriage returns between its lines."""

import json

honest = ("to_gigabytes",)


def handed_in(source, target):
    odd = "x = '\ud800\udfff\x00\x0c\x85\u2028'\r\n\r\r\n"
    cells = [{"cell_type": "code", "source": text} for text in (odd, source.splitlines(keepends=True))]
    return json.dumps({"cells": cells}, ensure_ascii=True).encode("utf-16")
