"""Writes the trained generator as an ordinary model folder: average weights, rotation folded in, w_avg measured.

python -m scripts.export_generator --run runs/generator --out ohlora/models/portraits
"""

from __future__ import annotations

from pathlib import Path

import click
import torch

from ohlora.pretraining.generator_training import Distillation, fold_rotation
from ohlora.pretraining.settings import generator_settings
from stylegan import save_pretrained

MEAN_OF = 20_000
"""Random z behind the truncation's centre."""


@click.command()
@click.option("--run", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the training run.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Model folder to write.")
@click.option("--settings", type=click.Path(path_type=Path), default=Path("scripts/portraits.toml"), show_default=True)
def main(run: Path, out: Path, settings: Path) -> None:
    """Export the generator of RUN."""
    chosen = generator_settings(settings)
    module = Distillation(chosen, None)
    checkpoint = torch.load(run / "last.ckpt", map_location="cpu", weights_only=True)
    module.load_state_dict(checkpoint["state_dict"])
    generator = fold_rotation(module.ema.averaged(module.generator), chosen).eval()
    with torch.no_grad():
        z = torch.randn(MEAN_OF, chosen.z_dim, generator=torch.Generator().manual_seed(0))
        generator.truncation.w_avg.copy_(generator.mapping(z).mean(dim=0))
    save_pretrained(generator, out, dtype=torch.float16)
    click.echo(f"step {module.steps_done}: wrote {out}")


if __name__ == "__main__":
    main()
