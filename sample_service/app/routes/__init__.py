"""The routes of the service, a module for each tag of the document."""

from fastapi import APIRouter

from app.routes import admin, auth, comments, health, tasks, users

router = APIRouter()
router.include_router(health.router)
router.include_router(auth.router)
router.include_router(users.router)
router.include_router(tasks.router)
router.include_router(comments.router)
router.include_router(admin.router)
