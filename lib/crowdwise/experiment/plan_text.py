"""A plan read from its YAML: every key known, every type right, or a sentence that says which is not."""

from __future__ import annotations

import dataclasses
import difflib
import types
from collections.abc import Hashable, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml

from crowdwise.base.errors import Problem
from crowdwise.experiment.plan import Plan

_KINDS = {str: "text", float: "a number", bool: "true or false"}


def read_plan(text: str, *, where: str = "plan") -> Plan:
    """Read a plan.

    Parameters
    ----------
    text : str
        YAML: a mapping whose keys are the fields of `Plan`. A metric's ``column`` is its name unless it is given.
    where : str
        What the text is called in a problem, as in its path.

    Raises
    ------
    Problem
        If it is not YAML, a key is unknown, doubled or missing, a value has the wrong type, or the plan contradicts
        itself; the key is named.
    """
    try:
        given = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise Problem(
            f"this is not YAML{line}: {getattr(error, 'problem', None) or 'it cannot be read'}",
            where=where,
            remedy="Mend that line",
        ) from None
    try:
        return as_plan(given)
    except Problem as problem:
        inner = f", {problem.where}" if problem.where else ""
        raise Problem(problem.what, where=f"{where}{inner}", remedy=problem.remedy) from None


def as_plan(given: object) -> Plan:
    """Give a plan from a mapping of YAML's or JSON's types, as `read_plan` does."""
    plan: Plan = _record(given, Plan, "")
    return plan


class _Loader(yaml.SafeLoader):
    """YAML's safe loader that refuses a key given twice, where YAML would keep the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _record(given: object, kind: type, where: str) -> Any:
    """Give a dataclass from a mapping, field by field."""
    if not isinstance(given, Mapping):
        raise Problem(f"this is {_called(given)}, not a mapping", where=where, remedy="Write keys and values")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in given:
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            remedy = f"Write {near[0]} if that is meant" if near else f"The keys are {', '.join(fields)}"
            raise Problem(f"the key {key!r} is unknown", where=where, remedy=remedy)
    hints, values = get_type_hints(kind), {}
    for name, field in fields.items():
        inner = f"{where}.{name}" if where else name
        if name in given:
            values[name] = _value(given[name], hints[name], inner)
        elif name == "column" and "name" in given and kind.__name__ == "Metric":
            values[name] = values["name"]
        elif field.default is dataclasses.MISSING:
            raise Problem(f"the key {name!r} is missing", where=where, remedy=f"Add {name}: {_wanted(hints[name])}")
    try:
        return kind(**values)
    except Problem as problem:
        inner = where if where.endswith(problem.where) else ", ".join(part for part in (where, problem.where) if part)
        raise Problem(problem.what, where=inner, remedy=problem.remedy) from None


def _value(given: object, kind: Any, where: str) -> Any:
    """Give a value of the type that a field declares, or say what it is instead."""
    if dataclasses.is_dataclass(kind):
        assert isinstance(kind, type)
        return _record(given, kind, where)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        if not isinstance(given, list):
            raise Problem(f"this is {_called(given)}, not a list", where=where, remedy="Write a list, in [ ] or with -")
        return tuple(_value(item, parts[0], f"{where}[{number}]") for number, item in enumerate(given))
    if origin in (Union, types.UnionType):
        if type(None) in parts:
            return None if given is None else _value(given, parts[0], where)
        for part in parts:  # bool before float, as declared
            if _is(given, part):
                return part(given)
    elif origin is Literal:
        if given in parts:
            return given
    elif _is(given, kind):
        return kind(given)
    elif isinstance(given, int | float) and kind is str:
        raise Problem(f"this is {_called(given)}, not text", where=where, remedy=f"Write it in quotes: '{given}'")
    raise Problem(f"this is {_called(given)}", where=where, remedy=f"Give {_wanted(kind)}")


def _is(given: object, kind: type) -> bool:
    if kind is float:
        return isinstance(given, int | float) and not isinstance(given, bool)
    if kind is str:
        return isinstance(given, str) and bool(given.strip())
    return isinstance(given, kind)


def _called(given: object) -> str:
    """Give what a value is, in words."""
    if given is None:
        return "empty"
    if isinstance(given, Mapping):
        return "a mapping"
    return "a list" if isinstance(given, list) else repr(given)


def _wanted(kind: Any) -> str:
    """Give what a type asks for, in words."""
    if dataclasses.is_dataclass(kind):
        return "a mapping"
    origin, parts = get_origin(kind), get_args(kind)
    if origin is tuple:
        return "a list"
    if origin is Literal:
        return " or ".join(map(str, parts))
    if origin in (Union, types.UnionType):
        return " or ".join(_wanted(part) for part in parts if part is not type(None))
    return _KINDS[kind]
