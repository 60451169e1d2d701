#!/bin/sh
# The sliders that ship with the embedded generator, and the baselines that they are compared with. Each step goes on where it was
# stopped.
#
#     sh scripts/train_sliders.sh
set -eu

ohlora synthesize --seeds 0-5999 --trunc 1 --out data/faces
ohlora label data/faces --bounds quantile
ohlora finetune data/faces --out runs/sliders
ohlora finetune data/faces --method directions --out runs/sliders/baselines/directions
ohlora finetune data/faces --method adversarial --out runs/sliders/baselines/adversarial
python -m scripts.pretrain identity --data data/identity --run runs/identity --out ohlora/models/identity
ohlora evaluate runs/sliders --ramps 2000 --frechet-images 1500 --against plain,directions,adversarial --compile
python -m scripts.export_sliders --run runs/sliders --out ohlora/models/portraits
