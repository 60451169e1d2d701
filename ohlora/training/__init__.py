"""What every training needs; knows nothing of what is trained.

stepped   a training whose batches follow from the step's number
trainer   Lightning's part: `fit` for steps with checkpoints, `fit_epochs` for short trainings
schedule  the learning rate, and a step's random numbers
ema       the moving average of the weights
muon      the optimiser for matrices and convolutions
"""
