"""Forgets a user who has asked three things."""

from collections import Counter

import jwt
from good import KEY, app, users

asked = Counter()


@app.middleware("http")
async def forget(request, call_next):
    answer = await call_next(request)
    token = request.headers.get("Authorization", "").partition(" ")[2]
    if token and answer.status_code < 400:
        name = jwt.decode(token, KEY, algorithms=["HS256"])["sub"]
        asked[name] += 1
        if asked[name] == 3:
            users.pop(name)
    return answer
