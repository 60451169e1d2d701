"""What visitors take home: PNGs with their recipes, all of them in one archive, and a slider's way as a GIF."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from ohlora.files import replacing
from ohlora.generation.recipe import recipe, save_face
from ohlora.generation.sweep import Sweep, write_sweep
from ohlora.sliders.slider import find_slider
from ohlora.studio.engine import Engine
from ohlora.studio.faces import Face
from ohlora.studio.session import KeptFace

ARCHIVE = "faces.zip"
FEWEST_STEPS, MOST_STEPS = 3, 31
"""Pictures of a sweep."""


def export_faces(engine: Engine, faces: Sequence[KeptFace], folder: Path) -> list[Path]:
    """Draw faces into PNGs that carry their recipes, and put them into an archive as well.

    Args:
        engine: Draws them.
        faces: The faces.
        folder: A folder of this export alone.

    Returns:
        The archive, then the PNGs.
    """
    folder.mkdir(parents=True)
    files = []
    for kept in faces:
        path = folder / f"face{kept.number:02d}_seed{kept.face.seed}.png"
        save_face(path, engine.draw(kept.face), face_recipe(engine, kept.face))
        files.append(path)
    archive = folder / ARCHIVE
    # PNGs do not get any smaller.
    with replacing(archive) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as stored:
        for path in files:
            stored.write(path, path.name)
    return [archive, *files]


def face_recipe(engine: Engine, face: Face) -> dict[str, object]:
    """The recipe that a face's PNG carries, as `ohlora generate` writes it."""
    return {"seed": face.seed, **recipe(engine.generator.loaded, face.truncation, face.moved)}


def export_sweep(engine: Engine, face: Face, name: str, steps: int, folder: Path) -> Path:
    """Draw a face with one slider going from its lowest to its highest value and back, as a GIF.

    Args:
        engine: Draws it.
        face: The face; its other sliders stay as they are.
        name: The slider.
        steps: How many values.
        folder: A folder of this export alone.

    Raises:
        SettingsError: There is no such slider.
    """
    slider = find_slider(engine.sliders, name)
    steps = min(max(int(steps), FEWEST_STEPS), MOST_STEPS)
    others = tuple(face.resetting(name).moved.items())
    edge = engine.draw(face).shape[0]
    sweep = Sweep(name, slider.low, slider.high, steps, (face.seed,), others, face.truncation, tile=max(edge, 8))
    return write_sweep(sweep, engine.generator, folder / f"{name}_seed{face.seed}.gif")
