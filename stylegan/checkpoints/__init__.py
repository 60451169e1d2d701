"""Files of weights: published layouts, told apart by their content, and this project's own model folder."""
