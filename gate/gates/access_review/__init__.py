"""Gate `access-review`: every operation of the running service, asked whether it lets in only whom it should."""
