"""The parsed expression of the CEL library, from the bytes that it serialises.

The library shows its parse tree in no other way. The format is that of protocol buffers
(https://protobuf.dev/programming-guides/encoding/), the messages are `cel.expr.ParsedExpr` and those that it holds
(https://github.com/google/cel-spec/blob/master/proto/cel/expr/syntax.proto).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from composeguard.policy.cel.syntax import Call, Constant, Expression, ListOf, Literal, Loop, MapOf, Name, Select

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class WireError(Exception):
    """The bytes are not what this module knows: the library has changed."""


def expression(data: bytes) -> Expression:
    """The tree of a serialised expression, with its macros as they were written."""
    fields = dict(_groups(_one(_fields(data), 2)))  # the value of google.protobuf.Any
    positions: dict[int, int] = {}
    for entry in dict(_groups(_bytes(fields, 3))).get(4, ()):
        pair = dict(_groups(_as_bytes(entry)))
        positions[_integer(pair, 1)] = _integer(pair, 2)
    return _Reader(positions).read(_bytes(fields, 2))


class _Reader:
    def __init__(self, positions: dict[int, int]) -> None:
        self._positions = positions
        self._kinds: dict[int, Callable[[int, bytes], Expression]] = {
            3: self._constant,
            4: self._name,
            5: self._select,
            6: self._call,
            7: self._list,
            8: self._map,
            9: self._loop,
        }

    def read(self, data: bytes) -> Expression:
        identity, kind, content = 0, 0, b""
        for number, value in _fields(data):
            if number == 2:
                identity = _as_integer(value)
            else:
                kind, content = number, _as_bytes(value)
        read = self._kinds.get(kind)
        if read is None:
            raise WireError(f"an expression of kind {kind}")
        return read(self._positions.get(identity, 0), content)

    def _constant(self, at: int, data: bytes) -> Constant:
        value: Literal = None
        for number, content in _fields(data):
            match number:
                case 2:
                    value = bool(content)
                case 3:
                    value = _signed(_as_integer(content))
                case 4:
                    value = _as_integer(content)
                case 5:
                    value = struct.unpack("<d", _as_bytes(content))[0]
                case 6:
                    value = _as_bytes(content).decode("utf-8")
                case 7:
                    value = _as_bytes(content)
        return Constant(at, value)

    def _name(self, at: int, data: bytes) -> Name:
        return Name(at, _text(dict(_groups(data)), 1))

    def _select(self, at: int, data: bytes) -> Select:
        fields = dict(_groups(data))
        return Select(at, self.read(_bytes(fields, 1)), _text(fields, 2), bool(_integer(fields, 3)))

    def _call(self, at: int, data: bytes) -> Call:
        fields = dict(_groups(data))
        target = [_bytes(fields, 1)] if 1 in fields else []
        arguments = (*target, *(_as_bytes(each) for each in fields.get(3, ())))
        return Call(at, _text(fields, 2), tuple(self.read(each) for each in arguments))

    def _list(self, at: int, data: bytes) -> ListOf:
        return ListOf(at, tuple(self.read(_as_bytes(each)) for each in dict(_groups(data)).get(1, ())))

    def _map(self, at: int, data: bytes) -> Expression:
        fields = dict(_groups(data))
        if 1 in fields:
            raise WireError("a message")
        entries = [dict(_groups(_as_bytes(each))) for each in fields.get(2, ())]
        return MapOf(at, tuple((self.read(_bytes(each, 3)), self.read(_bytes(each, 4))) for each in entries))

    def _loop(self, at: int, data: bytes) -> Loop:
        """Macros are expanded by the parser; each leaves a shape of its own."""
        fields = dict(_groups(data))
        variable = _text(fields, 1)
        over = self.read(_bytes(fields, 2))
        start, step = self.read(_bytes(fields, 4)), self.read(_bytes(fields, 6))
        match start, step:
            case Constant(value=True), Call(function="_&&_", arguments=(_, body)):
                return Loop(at, "all", variable, over, body, None)
            case Constant(value=False), Call(function="_||_", arguments=(_, body)):
                return Loop(at, "exists", variable, over, body, None)
            case Constant(value=0), Call(function="_?_:_", arguments=(condition, _, _)):
                return Loop(at, "exists_one", variable, over, condition, None)
            case ListOf(), Call(function="_?_:_", arguments=(condition, Call(arguments=(_, ListOf(items=(item,)))), _)):
                return Loop(at, "map", variable, over, condition, item)
            case ListOf(), Call(function="_+_", arguments=(_, ListOf(items=(item,)))):
                return Loop(at, "map", variable, over, None, item)
            case _:
                raise WireError("a macro")


_Value = int | bytes


def _fields(data: bytes) -> Iterator[tuple[int, _Value]]:
    position, end = 0, len(data)
    while position < end:
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, position = _varint(data, position)
            yield number, value
            continue
        if kind == _BYTES:
            length, position = _varint(data, position)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise WireError(f"wire type {kind}")
        yield number, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def _groups(data: bytes) -> Iterator[tuple[int, list[_Value]]]:
    grouped: dict[int, list[_Value]] = {}
    for number, value in _fields(data):
        grouped.setdefault(number, []).append(value)
    return iter(grouped.items())


def _one(fields: Iterator[tuple[int, _Value]], wanted: int) -> bytes:
    for number, value in fields:
        if number == wanted:
            return _as_bytes(value)
    raise WireError(f"no field {wanted}")


def _as_bytes(value: _Value) -> bytes:
    if isinstance(value, bytes):
        return value
    raise WireError("a number where bytes are meant")


def _as_integer(value: _Value) -> int:
    if isinstance(value, int):
        return value
    raise WireError("bytes where a number is meant")


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _bytes(fields: dict[int, list[_Value]], number: int) -> bytes:
    return _as_bytes(fields[number][0]) if number in fields else b""


def _text(fields: dict[int, list[_Value]], number: int) -> str:
    return _bytes(fields, number).decode("utf-8")


def _integer(fields: dict[int, list[_Value]], number: int) -> int:
    return _as_integer(fields[number][0]) if number in fields else 0
