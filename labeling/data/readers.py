"""Rows out of an uploaded file, one at a time: JSON list, JSON lines or CSV.

Memory stays that of one row and one chunk, whatever the size of the file.
"""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import isinf
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol, TypeAlias

import orjson

from labeling.errors import FileTooLarge, MalformedFile

CHUNK_BYTES = 64 * 1024
MEMORY_BYTES = 1024 * 1024  # of a file that is kept; what is more lies on the disk
NUMBER_CHARACTERS = 400  # of a whole number; no float has more


Reader: TypeAlias = Callable[[io.BufferedReader, int], Iterator[Any]]


class Stream(Protocol):
    """Anything with bytes to read."""

    def read(self, size: int, /) -> bytes: ...


class Limited(io.RawIOBase):
    """The same bytes, but more than `limit_bytes` of them raise FileTooLarge."""

    def __init__(self, stream: Stream, *, limit_bytes: int) -> None:
        super().__init__()
        self.stream = stream
        self.limit_bytes = limit_bytes
        self.seen_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.stream.read(len(buffer))
        self.seen_bytes += len(chunk)
        if self.seen_bytes > self.limit_bytes:
            raise too_large(self.limit_bytes)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def too_large(limit_bytes: int, *, row: int | None = None) -> FileTooLarge:
    """The error for a file, or for one row of it, above its limit."""
    limit = {"limit_bytes": limit_bytes}
    if row is None:
        return FileTooLarge("The file is larger than %(limit_bytes)s bytes.", **limit)
    return FileTooLarge("Row %(row)s is larger than %(limit_bytes)s bytes.", row=row, **limit)


@contextmanager
def kept(stream: Stream, kind: str, *, file_bytes: int) -> Iterator[IO[bytes]]:
    """The whole file, on our own disk; raises MalformedFile for another kind, FileTooLarge."""
    _reader(kind)
    limited = io.BufferedReader(Limited(stream, limit_bytes=file_bytes), CHUNK_BYTES)
    with SpooledTemporaryFile(MEMORY_BYTES) as file:
        shutil.copyfileobj(limited, file, CHUNK_BYTES)
        file.seek(0)
        yield file


def _reader(kind: str) -> "Reader":
    if kind not in READERS:
        raise MalformedFile(
            "%(kind)s files are not read here: .json, .jsonl or .csv.", kind=repr(kind[:20])
        )
    return READERS[kind]


def rows(stream: Stream, kind: str, *, file_bytes: int, row_bytes: int) -> Iterator[Any]:
    """Each row of the file; raises MalformedFile with the row's number, FileTooLarge."""
    reader = _reader(kind)
    limited = io.BufferedReader(Limited(stream, limit_bytes=file_bytes), CHUNK_BYTES)
    try:
        yield from reader(limited, row_bytes)
    except UnicodeDecodeError:
        raise MalformedFile("The file is not UTF-8 text.")


def _not_json(row: int, problem: Exception) -> MalformedFile:
    return MalformedFile("Row %(row)s is not JSON: %(problem)s.", row=row, problem=str(problem))


def _json_lines(stream: io.BufferedReader, row_bytes: int) -> Iterator[Any]:
    number = 0
    while line := stream.readline(row_bytes + 2):
        number += 1
        if len(line.rstrip(b"\r\n")) > row_bytes:
            raise too_large(row_bytes, row=number)
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield orjson.loads(line)
        except ValueError as error:
            raise _not_json(number, error)


def _csv(stream: io.BufferedReader, row_bytes: int) -> Iterator[dict[str, str]]:
    csv.field_size_limit(max(row_bytes, csv.field_size_limit()))
    lines = _Lines(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""), row_bytes)
    number = 0
    try:
        records = _records(lines)
        names = next(records, [])
        _check_head(names)
        for number, cells in enumerate(records, start=1):
            if len(cells) != len(names):
                raise MalformedFile("Row %(row)s has not as many cells as the head.", row=number)
            yield dict(zip(names, cells, strict=True))
    except _EndlessRow:
        raise too_large(row_bytes, row=number + 1)
    except csv.Error as error:
        problem = str(error)
        raise MalformedFile("Row %(row)s is not CSV: %(problem)s.", row=number + 1, problem=problem)


class _EndlessRow(Exception):
    """Which row it is, the reader knows: the head is none, and one row may have many lines."""


class _Lines:
    """The lines of the text; those of one row that are too long together raise _EndlessRow.

    Data have more bytes than their row here has characters: a name and its quotes are more than
    the quotes around a cell, and what is doubled or broken here is escaped there.
    """

    def __init__(self, text: io.TextIOWrapper, row_bytes: int) -> None:
        self.text = text
        self.row_bytes = row_bytes
        self.row_characters = 0

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(self.row_bytes + 2):
            if self.row_characters + len(line.rstrip("\r\n")) > self.row_bytes:
                raise _EndlessRow()
            self.row_characters += len(line)
            yield line


def _records(lines: _Lines) -> Iterator[list[str]]:
    """The cells of each row; lines with nothing on them are none."""
    for cells in csv.reader(lines, strict=True):
        lines.row_characters = 0
        if cells:
            yield cells


def _check_head(names: Sequence[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        column = repr(min(twice)[:50])
        raise MalformedFile("The head names the column %(column)s twice.", column=column)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _whole(digits: str) -> int:
    if len(digits) > NUMBER_CHARACTERS:
        raise ValueError(f"{digits[:20]} is too large a number")
    return int(digits)


DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)


def _json_list(stream: io.BufferedReader, row_bytes: int) -> Iterator[Any]:
    """The elements of one list, or the one object, decoded as soon as each is whole."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig")
    window = _Window(text, row_bytes)
    if window.peek() == "{":
        yield window.element(1)
    else:
        yield from _elements(window)
    if window.peek():
        raise MalformedFile("There is something behind the end of the JSON.")


def _elements(window: "_Window") -> Iterator[Any]:
    if window.peek() != "[":
        raise MalformedFile("The file is neither a JSON list nor an object.")
    window.skip()
    if window.peek() == "]":
        window.skip()
        return
    number = 0
    while True:
        number += 1
        yield window.element(number)
        mark = window.peek()
        window.skip()
        if mark == "]":
            return
        if mark != ",":
            raise MalformedFile("The list breaks off behind row %(row)s.", row=number)


class _Window:
    """A moving part of the text, refilled as it is used up."""

    def __init__(self, text: io.TextIOWrapper, row_bytes: int) -> None:
        self.text = text
        self.row_bytes = row_bytes
        self.buffer = ""
        self.position = 0

    def _refill(self) -> bool:
        chunk = self.text.read(CHUNK_BYTES)
        self.buffer = self.buffer[self.position :] + chunk
        self.position = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self.position < len(self.buffer):
                if self.buffer[self.position] not in " \t\r\n":
                    return self.buffer[self.position]
                self.position += 1
            if not self._refill():
                return ""

    def skip(self) -> None:
        self.position += 1

    def element(self, number: int) -> Any:
        """The element that begins here."""
        self.peek()
        while True:
            try:
                value, self.position = DECODER.raw_decode(self.buffer, self.position)
                return value
            except (ValueError, RecursionError) as error:
                problem = error
            if len(self.buffer) - self.position > self.row_bytes:
                raise too_large(self.row_bytes, row=number)
            if not self._refill():
                raise _not_json(number, problem)


READERS: dict[str, Reader] = {
    "json": _json_list,
    "jsonl": _json_lines,
    "csv": _csv,
}
