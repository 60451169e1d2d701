"""One module per way to get sliders."""
