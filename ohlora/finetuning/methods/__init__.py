"""One module per way to get sliders: each has `fit(job)`, which returns a model with sliders.

`latent` is the default; `directions` and `adversarial` are what others do, to compare with.
"""

from collections.abc import Callable

from ohlora.finetuning.job import Job
from ohlora.finetuning.methods import adversarial, directions, latent
from ohlora.sliders.slider_model import SliderModel

FIT: dict[str, Callable[[Job], SliderModel]] = {
    "latent": latent.fit,
    "directions": directions.fit,
    "adversarial": adversarial.fit,
}
"""What does the work of each method, by its name in `ohlora.finetuning.settings.METHODS`."""
