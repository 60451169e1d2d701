"""What the judge does: how many ramps, of which faces, in which steps."""

from __future__ import annotations

from dataclasses import dataclass

from ohlora.errors import SettingsError

FIRST_SEED = 4_000_000_000
"""Seeds from here on are the judge's: far from the small ones that datasets and trainings begin with."""


def judged_seeds(count: int) -> tuple[int, ...]:
    """The first `count` of the judge's own seeds."""
    return tuple(range(FIRST_SEED, FIRST_SEED + count))


@dataclass(frozen=True)
class EvaluationSettings:
    """How sliders are judged.

    Attributes:
        seeds: One z each; every slider gets a ramp from each.
        steps: Values of a ramp, evenly spaced from one end of the slider's range to the other.
        attributes: Sliders that are judged; empty for all that the model has.
        truncation: psi of the faces; 1 for the model's full variety.
        scores: Version of the scores.
        frechet_images: Images in each set of the Frechet distance; 0 leaves it out.
        examples: Faces whose ramps are shown as pictures.
        chunk: Faces whose results are saved together; what a stopped run loses at most.
        batch_size: Images that pass through the networks together.
        precision: What images are drawn in, as `ohlora.device.resolve_precision` takes it.
        compiled: Whether the synthesis network is compiled first, which takes a minute and a C++ compiler.
    """

    seeds: tuple[int, ...]
    steps: int = 11
    attributes: tuple[str, ...] = ()
    truncation: float = 1.0
    scores: str = "v3"
    frechet_images: int = 1000
    examples: int = 2
    chunk: int = 4
    batch_size: int = 33
    precision: str = "auto"
    compiled: bool = False

    def __post_init__(self) -> None:
        if not self.seeds:
            raise SettingsError("expected at least one seed to judge, got none")
        if len(set(self.seeds)) != len(self.seeds):
            raise SettingsError("expected different seeds, got one of them twice; intervals would come out too narrow")
        if self.steps < 3:
            raise SettingsError(f"expected ramps of at least 3 values, got {self.steps}")
        if not -2.0 <= self.truncation <= 2.0:
            raise SettingsError(f"expected a truncation from -2 to 2, usually 0.5 to 1, got {self.truncation}")
        if self.frechet_images < 0 or self.frechet_images == 1 or self.examples < 0:
            raise SettingsError("expected 0, or 2 and more, images for the Frechet distance, and 0 or more examples")
        if min(self.chunk, self.batch_size) < 1:
            raise SettingsError(f"expected chunks and batches of at least 1, got {self.chunk} and {self.batch_size}")
