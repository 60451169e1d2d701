"""Files of weights: published layouts, told apart by their content, and this project's own model folder.

published file -> genforce: state dicts -> detection: sizes from shapes -> assembly -> network
model folder   -> folder:   state dict, sizes from config.json          -> assembly -> network
"""
