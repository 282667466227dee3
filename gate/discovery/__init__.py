"""What a project's files tell about it: where it is, what its tests need. Pure: takes texts, reads and runs nothing."""
