"""Fine-tuning: from a generator and a folder of labelled faces to a generator with sliders.

    labelled faces -> predictors      small networks, image -> attributes, differentiable      predictor, predictor_training
                   -> readout         w -> attributes: where an unmoved slider stands          preparation
                   -> warm-up         the latent editor learns from the readout, no images     preparation
                   -> slider training the predictors read edited faces                         slider_training
                   -> validation      the label path picks the weights that are kept           validation

`run` does all of it and goes on where it was stopped; `adversarial` holds the rival that only has a discriminator.
"""
