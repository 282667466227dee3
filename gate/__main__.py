"""`python -I -m gate`: the command, without the caller's folder or environment on the import path."""

from gate.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
