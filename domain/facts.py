"""Frozen dataclasses that are quick to make: the type checker forbids changing them, the interpreter does not look.

A frozen dataclass sets each field past its own refusal, four times as slow as any other; an entry has seventeen fields,
and what is folded from it is made anew at every entry.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:
    import dataclasses
    from functools import cache
    from operator import attrgetter

    def dataclass(cls=None, /, *, frozen=False, **how):
        """As the library's, by which it is checked that what is frozen is not changed."""
        return dataclasses.dataclass(cls, unsafe_hash=frozen, **how)

    def replace(it, /, **changes):
        """As the library's, for classes whose fields are all set when they are made."""
        names, values = _fields(it.__class__)
        made = object.__new__(it.__class__)
        for name, value in zip(names, values(it), strict=True):
            setattr(made, name, value)
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @cache
    def _fields(cls):
        names = tuple(field.name for field in dataclasses.fields(cls))
        # Of one name `attrgetter` gives the value itself; asked for twice, it gives a tuple.
        return names, attrgetter(*names) if len(names) > 1 else lambda it: (getattr(it, names[0]),)
