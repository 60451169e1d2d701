"""Files of weights: published layouts, told apart by their content, and this project's own model folder.

published file -> containers: what is in it -> checkpoint: state dicts -> layouts: our names -> *_sizes -> assembly -> network
model folder   -> folder: state dict, sizes from config.json -> assembly -> network

`data_pickle`, `pickled_values` and `nvlabs` read NVLabs's pickles as data; `rosinality` and `genforce` translate names.
"""
