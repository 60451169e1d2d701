"""How well sliders do what they say, on random faces, measured by the labeller.

    evaluation = evaluate(model, settings, measuring_models, "report", baselines)
    write_page(evaluation, "report")

`plan` says what is drawn, `ramps` draws and measures it, `statistics`, `worst_case` and `summary` hold the figures' definitions,
and `goals` what they are compared with.
"""

from ohlora.evaluation.evaluator import evaluate
from ohlora.evaluation.measuring_models import MeasuringModels
from ohlora.evaluation.page import write_page
from ohlora.evaluation.results import Evaluation, ModelResult, TruncationResult
from ohlora.evaluation.settings import EvaluationSettings, evaluation_seeds

__all__ = [
    "Evaluation",
    "EvaluationSettings",
    "MeasuringModels",
    "ModelResult",
    "TruncationResult",
    "evaluate",
    "evaluation_seeds",
    "write_page",
]
