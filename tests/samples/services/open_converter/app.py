"""Converts units, for anybody: no users, nothing stored."""

import os
import traceback
from enum import Enum
from typing import Annotated

from fastapi import FastAPI, HTTPException, Path, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

PLANT = os.environ.get("PLANT", "")
METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "ft": 0.3048}
app = FastAPI(title="Converter")


class Unit(str, Enum):
    metre = "m"
    kilometre = "km"
    mile = "mi"
    foot = "ft"


class Conversion(BaseModel):
    value: float = Field(ge=-1e12, le=1e12)
    source: Unit
    target: Unit


class Text(BaseModel):
    text: str = Field(max_length=200, examples=["2 km"])


@app.get("/")
def read_root() -> dict[str, str]:
    return {"message": "See /docs"}


@app.get("/units")
def list_units() -> list[str]:
    return list(METRES)


@app.get("/units/{symbol}")
def read_unit(symbol: Annotated[str, Path(max_length=10)]) -> dict[str, float]:
    if symbol not in METRES:
        raise HTTPException(404, "Unknown unit")
    return {symbol: METRES[symbol]}


@app.get("/convert")
def convert(value: Annotated[float, Query(ge=-1e12, le=1e12)], source: Unit, target: Unit) -> dict[str, float]:
    return {"value": value * METRES[source.value] / METRES[target.value]}


@app.post("/convert")
def convert_body(body: Conversion) -> dict[str, float]:
    return convert(body.value, body.source, body.target)


@app.post("/parse")
def parse(body: Text) -> dict[str, float | str]:
    number, _, unit = body.text.partition(" ")
    if PLANT in ("empty-text-fails", "traceback-shown"):
        return {"first": body.text[0], "unit": unit}
    try:
        value = float(number)
    except ValueError:
        raise HTTPException(400, "Write a number and a unit") from None
    if unit not in METRES or value != value or abs(value) == float("inf"):
        raise HTTPException(400, "Write a number and a unit")
    return {"value": value, "unit": unit}


if PLANT == "traceback-shown":

    @app.exception_handler(Exception)
    async def show_traceback(_: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse("".join(traceback.format_exception(error)), 500)
