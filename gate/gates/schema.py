"""How the schema of the project's database is made: as configured, else as found. Runs nothing."""

from gate.discovery.model import Migration
from gate.domain.project import Project
from gate.gates.suite_options import IntegrationTestsOptions
from gate.ports import Schema

_SQL_FILES = ("schema.sql", "db/schema.sql", "sql/schema.sql", "database/schema.sql", "app/schema.sql", "init.sql")
_SQL_FOLDERS = ("schema/", "sql/", "db/init/", "docker-entrypoint-initdb.d/")


def choose_schema(options: IntegrationTestsOptions, project: Project, found: Migration | None = None) -> Schema:
    """Choose what makes the schema, and say why; `found` is what the project's files tell of migrations."""
    if options.schema or options.migrate:
        files = tuple(project.folder / path for path in options.schema)
        return Schema(sql_files=files, command=options.migrate, origin="configured", configured=True)
    if found is not None:
        files = tuple(project.folder / path for path in found.sql_files)
        return Schema(sql_files=files, command=found.command or None, origin=found.origin)
    if file := project.has(*_SQL_FILES):
        return Schema(sql_files=(project.folder / file,), origin=file)
    for folder in _SQL_FOLDERS:
        inside = [path for path in project.files if path.startswith(folder) and path.endswith(".sql")]
        if inside:
            return Schema(sql_files=tuple(project.folder / path for path in inside), origin=folder)
    return Schema(origin="nothing found that makes a schema")
