"""Pixels and pictures: network outputs as bytes, files that people bring, contact sheets."""
