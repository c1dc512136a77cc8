"""Rows that are written once: of two writers of the same key, the first one wins and the second changes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite


def insert_once(table: Table, rows: Select[Any], dialect: str) -> Any:
    """Give the statement that inserts what a query gives, except rows whose key is there already.

    The query's columns are named as the table's. On MySQL this is no ``INSERT IGNORE``, which would let a value that
    is too long or a reference that leads nowhere pass as well.

    Parameters
    ----------
    dialect : str
        ``sqlite``, ``postgresql`` or ``mysql``.
    """
    names = [column.name for column in rows.selected_columns]
    if dialect == "mysql":
        made = mysql.insert(table).from_select(names, rows)
        key = next(iter(table.primary_key))
        return made.on_duplicate_key_update({key.name: key})
    room = postgresql if dialect == "postgresql" else sqlite
    return room.insert(table).from_select(names, rows).on_conflict_do_nothing()
