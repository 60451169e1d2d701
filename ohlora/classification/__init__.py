"""Classifiers that learn a label from what people answered, and label the rest.

settings         how a classifier is trained
network          the small network of one fold
labelled_images  the answered faces, read once into memory
fold_training    the network of one fold, in Lightning
folds            how faces are divided, the attempts at a fold, its result
run              all folds in their folder; finished ones are kept
measures         accuracy, AUROC and calibration
page             the report
ensemble         a trained classifier: the mean of its folds
prediction       what it says, in a dataset's table
"""
