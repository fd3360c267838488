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

    def dataclass(cls=None, /, *, frozen=False, **how):
        """As the library's, by which it is checked that what is frozen is not changed."""
        return dataclasses.dataclass(cls, unsafe_hash=frozen, **how)

    def replace(it, /, **changes):
        """As the library's, for classes whose fields are all set when they are made."""
        made = _copying(it.__class__)(it)
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @cache
    def _copying(cls):
        """Written out field by field, as the library does with `__init__`: a loop takes three times as long."""
        fields = "".join(f"    made.{field.name} = it.{field.name}\n" for field in dataclasses.fields(cls))
        known = {"new": object.__new__, "cls": cls}
        exec(f"def copied(it):\n    made = new(cls)\n{fields}    return made", known)  # noqa: S102 (our own names)
        return known["copied"]
