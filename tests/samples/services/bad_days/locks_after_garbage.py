"""Lets nobody in any more from where three bad tokens came."""

from fastapi.responses import JSONResponse
from good import app

bad = 0


@app.middleware("http")
async def lock(request, call_next):
    global bad
    token = request.headers.get("Authorization")
    if token and bad >= 3:
        return JSONResponse({"detail": "Locked"}, 403)
    answer = await call_next(request)
    bad += bool(token) and answer.status_code == 401
    return answer
