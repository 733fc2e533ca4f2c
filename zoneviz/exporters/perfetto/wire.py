"""The part of the Protocol Buffers encoding that a trace needs: https://protobuf.dev/programming-guides/encoding/.

A trace has up to ten million packets, with a dozen kinds of field, and is only written. The protobuf library would dominate both the
run time and the installation.
"""

Value = int | str | bytes


def varint(value: int) -> bytes:
    """A 64-bit integer in groups of seven bits; negative ones as two's complement."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, value: Value) -> bytes:
    """One field: an integer, a text, or an encoded message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(*fields: tuple[int, Value]) -> bytes:
    """An encoded message of these fields."""
    return b"".join(field(number, value) for number, value in fields)
