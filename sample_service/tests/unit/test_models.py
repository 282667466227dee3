from sqlalchemy import Table, UniqueConstraint

from app.models import Base


def leading_columns(table: Table) -> set[str]:
    """Return the columns that an index of `table` starts with."""
    uniques = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    indexes = [*table.indexes, *uniques, table.primary_key]
    return {next(iter(index.columns)).name for index in indexes}


def test_every_foreign_key_has_an_index() -> None:
    without = [
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.parent.name not in leading_columns(table)
    ]
    assert without == []


def test_there_are_foreign_keys_to_look_at() -> None:
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]
    assert len(keys) == 2


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        assert all(item.name for item in [*table.constraints, *table.indexes])


def test_numbers_are_unique_within_a_task() -> None:
    uniques = [
        tuple(item.columns.keys())
        for item in Base.metadata.tables["comments"].constraints
        if isinstance(item, UniqueConstraint)
    ]
    assert ("task_id", "number") in uniques


def test_every_string_column_is_bounded() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.type.python_type is str:
                assert column.type.length
