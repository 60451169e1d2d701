"""Sliders and the models that have them: conditional mapping networks, linear directions, published generators."""
