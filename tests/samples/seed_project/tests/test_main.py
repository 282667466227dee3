from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)


def test_create_task_success():
    """Test creating a task with valid data"""
    response = client.post("/tasks", json={"id": 1, "title": "Deploy FastAPI agent", "completed": False})
    assert response.status_code == 200
    assert response.json()["title"] == "Deploy FastAPI agent"


def test_create_task_missing_title():
    """Test that missing title returns 400"""
    response = client.post("/tasks", json={"id": 1, "title": "", "completed": False})
    assert response.status_code == 400


def test_get_task():
    assert client.get("/tasks/1").json()["title"] == "Sample Task"
