"""Rules that are used up: each applies to the next `count` things it matches."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Generic, TypeVar

from sandbox.razorpay.faults import Fault
from sandbox.razorpay.post import Mischief

Rule = TypeVar("Rule", Fault, Mischief)


class Rules(Generic[Rule]):
    """A first-in, first-out list of rules; a rule without count stays for ever."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def add(self, rule: Rule) -> None:
        """Put a rule behind all others."""
        self._rules.append(rule)

    def clear(self) -> None:
        """Forget every rule."""
        self._rules.clear()

    def take_all(self, matches: Callable[[Rule], bool]) -> list[Rule]:
        """Use every rule that matches once."""
        taken = [rule for rule in self._rules if matches(rule)]
        for rule in taken:
            self._use(rule)
        return taken

    def take_first(self, matches: Callable[[Rule], bool]) -> Rule | None:
        """Use the oldest rule that matches once."""
        rule = next((rule for rule in self._rules if matches(rule)), None)
        if rule is not None:
            self._use(rule)
        return rule

    def _use(self, rule: Rule) -> None:
        if rule.count is None:
            return
        place = self._rules.index(rule)
        if rule.count > 1:
            self._rules[place] = replace(rule, count=rule.count - 1)
        else:
            del self._rules[place]
