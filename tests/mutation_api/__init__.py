"""The mutants of sample_service: flaws made on purpose, each of which the access review must find at its place.

`python -m tests.mutation_api` reviews them all. Nothing here imports `gate`: where a flaw must be found is known from
how it was made, and what was found is read from `report.json` as anybody would.
"""
