"""Todos without users: whoever reaches the service reads and changes them."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Path
from pydantic import BaseModel, Field

app = FastAPI(title="Todo")
todos: dict[int, dict] = {}
Id = Annotated[int, Path(ge=1, le=10**9)]


class TodoIn(BaseModel):
    task: str = Field(min_length=1, max_length=300)
    done: bool = False


class Todo(TodoIn):
    id: int


def find(number: int) -> dict:
    if number not in todos:
        raise HTTPException(404, "Todo not found")
    return todos[number]


@app.get("/todos", response_model=list[Todo])
async def list_todos():
    return list(todos.values())


@app.post("/todos", status_code=201, response_model=Todo)
async def create_todo(body: TodoIn):
    number = max(todos, default=0) + 1
    todos[number] = body.model_dump() | {"id": number}
    return todos[number]


@app.get("/todos/{todo_id}", response_model=Todo)
async def read_todo(todo_id: Id):
    return find(todo_id)


@app.put("/todos/{todo_id}", response_model=Todo)
async def replace_todo(todo_id: Id, body: TodoIn):
    todo = find(todo_id)
    todo.update(body.model_dump())
    return todo


@app.delete("/todos/{todo_id}", status_code=204)
async def delete_todo(todo_id: Id) -> None:
    find(todo_id)
    del todos[todo_id]
