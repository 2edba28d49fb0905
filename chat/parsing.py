"""What a person typed after a command, made into checked options; and the way back."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile

from chat.commands import Command, Option, Options, Value
from chat.errors import BadValueError, MissingOptionError, UnknownOptionError
from chat.values import SET, allowed, check


def parse(command: Command, arguments: str | Mapping[str, Value]) -> Options:
    """Check what a command was told.

    `a fox --style anime --no "text, frame"`: options stand anywhere, the last of two wins, and
    the words around them are the option that `is_rest`; options declared before that one take a
    word each. A command without such an option takes its words in the order it declares its
    options: `/buy pro 3`. Options left empty are absent.

    Raises:
        UnknownOptionError: An option, or a word too many, that the command does not know.
        BadValueError: A value outside what the option allows.
        MissingOptionError: A required option is absent.
    """
    if isinstance(arguments, str):
        arguments = _read(command, arguments)
    declared = _declared(command)
    options: dict[str, Value] = {}
    for name, value in arguments.items():
        if name not in declared:
            raise UnknownOptionError(name, tuple(declared))
        if words := str(value).strip():
            options[name] = check(declared[name], words)
    for option in command.options:
        if option.required and option.name not in options:
            raise MissingOptionError(command.name, option.name)
    return options


def spell(command: Command, options: Options) -> str:
    """The arguments that `parse` reads as `options`, to show or to type again."""
    rest = ""
    named: list[str] = []
    for option in command.options:
        if option.name not in options:
            continue
        value = str(options[option.name])
        if option.kind == "flag":
            named.append(f"--{option.name}" if options[option.name] else f"--{option.name}=no")
        elif option.is_rest:
            rest = _quoted(value) if re.search(_NEEDS_QUOTES, value) else value
        else:
            plain = re.fullmatch(r"-?[^\W_][\w.]*", value)
            named.append(f"--{option.name} {value if plain else _quoted(value)}")
    return " ".join(filter(None, (rest, *named)))


# Phones turn "--" into a dash and straight quotes into curly ones. A quotation ends where a closing
# quote is followed by space, so that don't, 5" and "a"b stay words; a backslash keeps a quote open.
_OPEN, _CLOSE, _OPEN_SINGLE, _CLOSE_SINGLE = '"“”„«', '"“”»', "'‘", "'’"


def _quotation(opening: str, closing: str) -> str:
    return rf"[{opening}](?:[^\\{closing}]|\\.|[{closing}](?=\S))*+[{closing}](?!\S)"


_QUOTED = f"{_quotation(_OPEN, _CLOSE)}|{_quotation(_OPEN_SINGLE, _CLOSE_SINGLE)}"
_OPTION = rf"(?P<dash>--|—|–)(?P<name>[^\W\d_][^\s=]*)(?P<inline>=(?:{_QUOTED}|\S*))?"
_TOKEN = re.compile(rf"{_OPTION}|(?P<quoted>{_QUOTED})|\S+", re.DOTALL)
_NEEDS_QUOTES = rf"(?<!\S)(?:--|[—–{_OPEN}{_OPEN_SINGLE}])"
_ESCAPED = re.compile(rf"\\([\\{_OPEN}{_CLOSE}{_OPEN_SINGLE}{_CLOSE_SINGLE}])")


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    words: str
    """Without quotes."""
    option: str | None = None
    value: str | None = None
    """What followed `=`."""


def _read(command: Command, arguments: str) -> dict[str, str]:
    """Sort the text into options by name, all still text."""
    declared = _declared(command)
    rest = next((option.name for option in command.options if option.is_rest), None)
    values: dict[str, str] = {}
    free: list[str] = []
    between: list[str] = []
    cursor = 0
    tokens = deque(_placed(command, list(_tokens(command, arguments))))
    while tokens:
        token = tokens.popleft()
        if token.option is None:
            free.append(token.words)
            continue
        between.append(arguments[cursor : token.start])
        value, cursor = token.value, token.end
        if value is None and tokens and tokens[0].option is None:
            following = tokens.popleft()
            value, cursor = following.words, following.end
        if value is None and token.option in declared:
            raise BadValueError(token.option, "", allowed(declared[token.option]))
        if token.option == rest:
            between.append(value or "")
        else:
            values[token.option] = value or ""
    if rest is None:
        return _in_order(command, values, free)
    between.append(arguments[cursor:])
    return {rest: _joined(between), **values}


def _declared(command: Command) -> dict[str, Option]:
    return {option.name: option for option in command.options}


def _tokens(command: Command, arguments: str) -> Iterator[_Token]:
    names = {
        name.casefold(): option.name
        for option in command.options
        for name in (option.name, *option.names.values())
    }
    flags = {option.name for option in command.options if option.kind == "flag"}
    for match in _TOKEN.finditer(arguments):
        start, end = match.span()
        known = names.get((match["name"] or "").casefold())
        if match["name"] and (known or match["dash"] == "--"):
            inline = match["inline"]
            unsaid = SET if known in flags else None
            value = unsaid if inline is None else _unquoted(inline[1:])
            yield _Token(start, end, match[0], known or match["name"], value)
        else:
            yield _Token(start, end, _unquoted(match[0]))


def _placed(command: Command, tokens: list[_Token]) -> Iterator[_Token]:
    """Give the first free words to the options that are declared before the rest."""
    named = {token.option for token in tokens}
    before: deque[str] = deque()
    if any(option.is_rest for option in command.options):
        leading = takewhile(lambda option: not option.is_rest, command.options)
        before.extend(option.name for option in leading if option.name not in named)
    is_awaited = False
    for token in tokens:
        is_free = token.option is None and not is_awaited
        is_awaited = token.option is not None and token.value is None
        if is_free and before:
            yield replace(token, option=before.popleft(), value=token.words)
        else:
            yield token


def _joined(between: list[str]) -> str:
    """The words around the options as they were typed, line breaks and quotes too.

    Quotes around the whole are taken off: they are the way to write what looks like an option.
    """
    return _unquoted(" ".join(filter(None, map(str.strip, between))))


def _in_order(command: Command, values: dict[str, str], free: list[str]) -> dict[str, str]:
    """Give the free words to the options that were not named."""
    if not command.options:
        return values  # thanks are no mistake: `/session please`
    unnamed = iter([option.name for option in command.options if option.name not in values])
    for words in free:
        name = next(unnamed, None)
        if name is None:
            raise UnknownOptionError(words, tuple(option.name for option in command.options))
        values[name] = words
    return values


def _unquoted(words: str) -> str:
    if re.fullmatch(_QUOTED, words, re.DOTALL):
        return _ESCAPED.sub(r"\1", words[1:-1])
    return words


def _quoted(words: str) -> str:
    return '"' + re.sub(rf"([\\{_OPEN}{_CLOSE}])", r"\\\1", words) + '"'
