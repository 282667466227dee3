"""Samples are projects to be judged, not tests of this repository."""

collect_ignore_glob = ["*/*"]
