"""GPT-2's own way to make the table."""


def to_printable(token):
    shown = (
        list(range(ord("!"), ord("~") + 1)) + list(range(ord("¡"), ord("¬") + 1)) + list(range(ord("®"), ord("ÿ") + 1))
    )
    numbers, further = shown[:], 0
    for byte in range(2**8):
        if byte not in shown:
            shown.append(byte)
            numbers.append(2**8 + further)
            further += 1
    table = dict(zip(shown, map(chr, numbers), strict=True))
    return "".join(table[byte] for byte in token)
