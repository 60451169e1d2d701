"""The judge: how well sliders do what they say, on random faces, measured by the label path.

    evaluation = evaluate(model, settings, instruments, "report", rivals)
    write_page(evaluation, "report")

`statistics` and `summary` hold the figures' definitions, `goals` what they are compared with.
"""

from ohlora.evaluation.judge import Evaluation, Instruments, ModelResult, evaluate
from ohlora.evaluation.page import write_page
from ohlora.evaluation.settings import EvaluationSettings, judged_seeds

__all__ = [
    "Evaluation",
    "EvaluationSettings",
    "Instruments",
    "ModelResult",
    "evaluate",
    "judged_seeds",
    "write_page",
]
