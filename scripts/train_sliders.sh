#!/bin/sh
# The sliders that ship with the embedded generator, and the rivals that they are judged beside. Each step goes on where it was
# stopped; without a GPU all of it takes some hours.
#
#     sh scripts/train_sliders.sh
set -eu
fast="--precision bf16"

ohlora synthesize --seeds 0-5999 --trunc 1 $fast --out data/faces
ohlora label data/faces --bounds quantile $fast
ohlora finetune data/faces --coverage-rounds 10 --out runs/sliders
ohlora finetune data/faces --method directions --out runs/sliders/rivals/directions
ohlora finetune data/faces --method adversarial --out runs/sliders/rivals/adversarial
python -m scripts.pretrain identity --data data/identity --run runs/identity --out ohlora/models/identity
ohlora evaluate runs/sliders --ramps 2000 --frechet-images 1500 --against directions,adversarial $fast --compile
python -m scripts.export_sliders --run runs/sliders --out ohlora/models/portraits
