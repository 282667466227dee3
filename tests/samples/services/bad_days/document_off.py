"""Serves no document; the application itself knows its operations."""

from fastapi import FastAPI
from good import router

app = FastAPI(openapi_url=None)
app.include_router(router)
