"""Make a user an administrator: `python appoint.py NAME`."""

import sys

from app import User, engine
from sqlalchemy import update
from sqlalchemy.orm import Session

if __name__ == "__main__":
    with Session(engine) as db:
        db.execute(update(User).where(User.username == sys.argv[1]).values(role="admin"))
        db.commit()
