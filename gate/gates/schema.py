"""How the schema of the project's database is made: as configured, else as found. Runs nothing."""

from gate.domain.project import Project
from gate.gates.suite_options import IntegrationTestsOptions
from gate.ports import Schema

_SQL_FILES = ("schema.sql", "db/schema.sql", "sql/schema.sql", "database/schema.sql", "app/schema.sql", "init.sql")
_SQL_FOLDERS = ("schema/", "sql/", "db/init/", "docker-entrypoint-initdb.d/")


def choose_schema(options: IntegrationTestsOptions, project: Project) -> Schema:
    """Choose what makes the schema, and say why."""
    if options.schema or options.migrate:
        files = tuple(project.folder / path for path in options.schema)
        return Schema(sql_files=files, command=options.migrate, origin="configured")
    if project.has("alembic.ini"):
        return Schema(command="alembic upgrade head", origin="alembic.ini")
    if found := project.has(*_SQL_FILES):
        return Schema(sql_files=(project.folder / found,), origin=found)
    for folder in _SQL_FOLDERS:
        inside = [path for path in project.files if path.startswith(folder) and path.endswith(".sql")]
        if inside:
            return Schema(sql_files=tuple(project.folder / path for path in inside), origin=folder)
    return Schema(origin="nothing found that makes a schema")
