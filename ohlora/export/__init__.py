"""Models with sliders for where there is no Python: as one ONNX graph, and as a static page that draws in the browser.

    model with sliders -> graph: z, sliders, truncation -> picture -> compared with PyTorch -> model.onnx and its card
                                                                                            -> a page, with a runtime

The graph is the model itself, traced: mapping, sliders with all of their feedback passes, synthesis. Nothing is written that
does not draw what PyTorch draws.
"""
