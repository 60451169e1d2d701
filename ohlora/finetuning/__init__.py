"""Fine-tuning: from a generator and a folder of labelled faces to a generator with sliders.

    labelled faces -> readout         w -> attributes, from which the sliders know the way      preparation
                   -> further faces   drawn by the young sliders, labelled, learned from        coverage
                   -> predictors      small networks, image -> attributes, differentiable       predictor, predictor_training
                   -> slider training the predictors read edited faces                          slider_training
                   -> validation      the label path picks the weights that are kept            validation

`run` does all of it and goes on where it was stopped; `adversarial` holds the rival that only has a discriminator.
"""
