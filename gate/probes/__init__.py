"""Scripts that run in the project's interpreter. Quality Gate itself imports none of them."""
