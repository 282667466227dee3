"""Says that it answers JSON; neither that nor UTF-8 is what it sends."""

from fastapi.responses import Response
from good import app


@app.middleware("http")
async def misbehave(request, call_next):
    return Response(b"{\xff\xfe\x00 not json", 200, media_type="application/json")
