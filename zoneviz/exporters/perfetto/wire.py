"""Protocol Buffers on the wire, as much as a trace needs: https://protobuf.dev/programming-guides/encoding/.

A trace of ten million packets is written once and read never, and of the schema a dozen fields are used: the library that
reads and checks any message would be the larger part of both the time and the installation.
"""

Value = int | str | bytes


def varint(value: int) -> bytes:
    """A number of 64 bits, seven at a time; negative ones as their two's complement."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, value: Value) -> bytes:
    """One field: a whole number, or a text, or a message that is encoded already."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(*fields: tuple[int, Value]) -> bytes:
    """Some fields, one after the other."""
    return b"".join(field(number, value) for number, value in fields)
