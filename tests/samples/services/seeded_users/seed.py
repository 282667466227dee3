"""Make a user: `python seed.py NAME PASSWORD`."""

import sys

import store
from sqlalchemy import insert

if __name__ == "__main__":
    name, password = sys.argv[1:]
    with store.engine.begin() as db:
        db.execute(insert(store.users).values(name=name, password=store.digest(password)))
