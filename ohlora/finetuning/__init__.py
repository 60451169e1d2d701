"""Fine-tuning: from a generator and a folder of labelled faces to a generator with sliders.

    labelled faces -> latent regressor   w -> attributes: where a face stands                    regressor_training
                   -> mapping network    reads what sliders ask for, appended to the latent      mapping_training
                   -> rebalancing round  faces drawn by the current sliders, labelled, added     rebalancing
                   -> validation         the labeller measures what came out                     validation

Rounds repeat the first two steps with more faces. `run` does all of it and goes on where it was stopped; `methods` has one module
per way to get sliders: the default one and the two baselines that it is compared with.
"""
