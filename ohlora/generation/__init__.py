"""From a seed to a picture: latents, drawing with and without sliders, recipes, folders of faces, ramps and films."""
