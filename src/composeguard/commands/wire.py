"""What crosses from one process to another: rules as their codes, files as their text, all else as it is."""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable, Iterable
from typing import Any

from composeguard.engine.failure import RuleFailure
from composeguard.engine.rule import Rule
from composeguard.report.sensitive import sensitive_spans
from composeguard.source.file import SourceFile

_Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


def packed(message: object) -> bytes:
    """A message as bytes; an object that is in it many times is there once."""
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _TABLE
    pickler.dump(message)
    return stream.getvalue()


class Unpacker:
    """Turns the bytes of `packed` back; its rules are those of this process."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.code: rule for rule in rules}

    def __call__(self, data: bytes) -> Any:
        return _Reader(io.BytesIO(data), self._rules.__getitem__).load()


class _Reader(pickle.Unpickler):
    """Reads what this program has written to a pipe of its own."""

    def __init__(self, stream: io.BytesIO, rule: Callable[[str], Rule]) -> None:
        super().__init__(stream)
        self._rule = rule

    def find_class(self, module: str, name: str) -> Any:
        return self._rule if (module, name) == (__name__, _rule.__name__) else super().find_class(module, name)


def _rule(code: str) -> Rule:
    """Stands for a rule in the bytes; the reader puts its own look-up in the place of this."""
    raise LookupError(code)


def _rule_as_code(rule: Rule) -> _Reduced:
    return _rule, (rule.code,)


def _file(
    uri: str, path: str, text: str, bom: bool, encoding: str, values: list[tuple[int, int]], parsed: bool
) -> SourceFile:
    file = SourceFile(uri, text, path=path, bom=bom, encoding=encoding)
    file.settle(values, parsed)
    return file


def _file_as_text(file: SourceFile) -> _Reduced:
    return _file, (file.uri, file.path, file.text, file.bom, file.encoding, sensitive_spans(file), file.is_parsed)


def _failure(failure: RuleFailure) -> _Reduced:
    return RuleFailure, (failure.rule, failure.message, failure.path)


_TABLE: dict[type, Callable[[Any], Any]] = {
    **copyreg.dispatch_table,
    Rule: _rule_as_code,
    SourceFile: _file_as_text,
    RuleFailure: _failure,
}
