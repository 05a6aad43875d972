#!/usr/bin/env python3
"""The mean of two models of one shape, tensor by tensor: what a short training gained, without what it forgot.

    bench/average_weights.py FIRST SECOND OUT [--second 0.5]

OUT is a copy of SECOND's folder with the mean of the weights (Wortsman et al. 2022, arXiv 2203.05482: the mean of models
trained from the same weights is often better than either). The bundled model is such a mean, of what
recipes/octet-mini-more.toml began with (0.4) and what it ended with (0.6).
"""
import argparse
import pathlib
import shutil

from safetensors.torch import load_file, save_file

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("first", type=pathlib.Path)
parser.add_argument("second", type=pathlib.Path)
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("--second", type=float, default=0.5, dest="share", help="the second's share")
options = parser.parse_args()
first, second = (load_file(folder / "model.safetensors") for folder in (options.first, options.second))
if {k: t.shape for k, t in first.items()} != {k: t.shape for k, t in second.items()}:
    raise SystemExit("the two folders hold models of different shapes")
mean = {k: ((1 - options.share) * first[k].double() + options.share * t.double()).to(t.dtype) for k, t in second.items()}
shutil.copytree(options.second, options.out)
save_file(mean, options.out / "model.safetensors", metadata={"format": "pt"})
