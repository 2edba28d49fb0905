"""HTML as the Bot API reads it: to plain text and entities, or to the real error sentence.

The accepted tags, the order of checks and the sentences follow Telegram's own parser; offsets in
errors count UTF-8 bytes, offsets in entities UTF-16 code units.
"""

import re
from dataclasses import dataclass, replace

from sandbox.records import Entity
from sandbox.telegram.errors import ApiError, bad_request

_KINDS = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote",
    "a": "text_link", "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,10})|([a-z]{2,4}));?")
_CODE_POINTS = range(1, 0x110000)
_SURROGATES = range(0xD800, 0xE000)
_SPACE = " \t\r\n"
_USER_LINK = re.compile(r"tg://user\?id=(\d+)$")


def utf16_length(text: str) -> int:
    """How long Telegram thinks a text is."""
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(source: str) -> tuple[str, tuple[Entity, ...]]:
    """Turn HTML into text and entities.

    Raises:
        ApiError: 400 "can't parse entities: …".
    """
    return _Parser(source).run()


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, tuple[Entity, ...]]:
        while self.at < len(self.source):
            if self.source[self.at] == "<":
                self._tag()
            else:
                self._append(self._character())
        if self.open:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.text), tuple(sorted(self.entities, key=lambda e: (e.offset, -e.length)))

    def _append(self, character: str) -> None:
        self.text.append(character)
        self.length += utf16_length(character)

    def _character(self) -> str:
        """One character, with a reference such as `&lt;` resolved."""
        if found := _REFERENCE.match(self.source, self.at):
            character = _resolve(found)
            if character:
                self.at = found.end()
                return character
        self.at += 1
        return self.source[self.at - 1]

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._peek() == "/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _skip_space(self) -> None:
        while self._peek() and self._peek() in _SPACE:
            self.at += 1

    def _until(self, stops: str) -> str:
        start = self.at
        while self._peek() and self._peek() not in stops:
            self.at += 1
        return self.source[start : self.at]

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _start_tag(self, begin: int) -> None:
        tag = self._until(_SPACE + ">").lower()
        if not self._peek():
            raise _cannot(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _KINDS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        while True:
            self._skip_space()
            if self._peek() == ">":
                break
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            where = self._byte(begin)
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(_Open(tag, argument, self.length, len(self.text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        where = self._byte(begin)
        name = self._until(_SPACE + "=>")
        if not name and self._peek():
            raise _cannot(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        self._skip_space()
        if self._peek() != "=":
            if tag == "blockquote" and name == "expandable" and self._peek():
                return name, ""
            if not self._peek():
                raise _cannot(f"Unclosed start tag at byte offset {where}")
            raise _cannot(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}"'
                f" at byte offset {where}"
            )
        self.at += 1
        self._skip_space()
        value = self._value()
        if not self._peek():
            raise _cannot(f"Unclosed start tag at byte offset {where}")
        return name, value

    def _value(self) -> str:
        quote = self._peek()
        if quote not in {"'", '"'}:
            begin = self.at
            while self._peek() and (self._peek().isalnum() or self._peek() in ".-"):
                self.at += 1
            if self._peek() and self._peek() not in _SPACE + ">":
                raise _cannot(f"Unexpected end of name token at byte offset {self._byte(begin)}")
            return self.source[begin : self.at].lower()
        self.at += 1
        value: list[str] = []
        while self._peek() and self._peek() != quote:
            value.append(self._character())
        self.at += 1
        return "".join(value)

    def _end_tag(self, begin: int) -> None:
        where = self._byte(begin)
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {where}")
        self.at += 1
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise _cannot(f"Unclosed end tag at byte offset {where}")
        self.at += 1
        last = self.open.pop()
        if name and name != last.tag:
            raise _cannot(
                f'Unmatched end tag at byte offset {where}, expected "</{last.tag}>",'
                f' found "</{name}>"'
            )
        if self.length > last.offset:
            self._close(last)

    def _close(self, tag: _Open) -> None:
        kind = _KINDS[tag.tag]
        entity = Entity(kind, tag.offset, self.length - tag.offset)
        if kind == "text_link":
            target = tag.argument or "".join(self.text[tag.start :])
            self._link(entity, target)
        elif kind == "custom_emoji":
            self.entities.append(replace(entity, custom_emoji_id=tag.argument))
        elif kind == "blockquote" and tag.argument:
            self.entities.append(replace(entity, kind="expandable_blockquote"))
        elif kind == "code" and self.open and self.open[-1].tag == "pre":
            self.entities.append(replace(entity, language=tag.argument or None))
        elif kind == "pre":
            self._pre(entity)
        else:
            self.entities.append(entity)

    def _link(self, entity: Entity, target: str) -> None:
        if user := _USER_LINK.match(target):
            user_id = int(user[1])
            self.entities.append(replace(entity, kind="text_mention", user_id=user_id))
        elif target.startswith(("http://", "https://", "tg://", "mailto:", "tel:")):
            self.entities.append(replace(entity, url=target))
        elif "." in target.partition("/")[0] and " " not in target:
            self.entities.append(replace(entity, url=f"http://{target}"))

    def _pre(self, entity: Entity) -> None:
        """`<pre><code class="language-x">` is one block with a language."""
        last = self.entities[-1] if self.entities else None
        if (
            last
            and last.kind == "code"
            and (last.offset, last.length) == (entity.offset, entity.length)
        ):
            self.entities[-1] = replace(last, kind="pre")
        else:
            self.entities.append(entity)


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def _resolve(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED.get(name, "")
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if code in _CODE_POINTS and code not in _SURROGATES else ""


def _argument(tag: str, name: str, value: str) -> str:
    """What an attribute means to its tag; empty for one that means nothing."""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("span", "class"):
            return value
        case "code", "class":
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case "blockquote", "expandable":
            return "expandable"
        case _:
            return ""
