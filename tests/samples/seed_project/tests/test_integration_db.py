import os

import asyncpg
import pytest
from fastapi.testclient import TestClient

from app.main import app


@pytest.fixture
async def db_connection():
    """Connect to test PostgreSQL database"""
    # Environment variable set by GitHub Actions service container
    dsn = os.getenv("DATABASE_URL")
    conn = await asyncpg.connect(dsn)
    yield conn
    await conn.close()


async def test_task_persists_to_db(db_connection):
    """Test that task is saved to database"""
    # Insert task via app endpoint
    client = TestClient(app)
    response = client.post("/tasks", json={"id": 1, "title": "Test task", "completed": False})
    assert response.status_code == 200

    # Verify it's in the database
    result = await db_connection.fetchrow("SELECT * FROM tasks WHERE id = $1", 1)
    assert result["title"] == "Test task"
