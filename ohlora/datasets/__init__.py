"""Folders of faces: the table beside the pictures, jobs over them that can be stopped, and filters."""
