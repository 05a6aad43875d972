#!/usr/bin/env python3
"""A training run's loss as a picture: python bench/training_curve.py RUN/metrics.jsonl… > curve.svg

Several files are runs of which each went on from the one before.
The line is the mean over windows of the main loss and of the MTP module's; dots are the validation loss.
"""
import json
import math
import sys

rows = []
for path in sys.argv[1:]:
    before = rows[-1]["tokens"] if rows else 0
    for line in open(path):
        row = json.loads(line)
        rows.append({**row, "tokens": row["tokens"] + before})
W, H, L, B, window = 760, 340, 60, 46, max(1, len(rows) // 90)
tokens = rows[-1]["tokens"]
low, high = 0.1, max(r["loss"] for r in rows[:5])


def x(t):
    return L + (W - L - 20) * t / tokens


def y(v):
    return 20 + (H - B - 20) * (math.log(high) - math.log(max(v, low))) / (math.log(high) - math.log(low))


def curve(key):
    points = []
    for i in range(0, len(rows), window):
        part = rows[i : i + window]
        points.append(f"{x(part[-1]['tokens']):.1f},{y(sum(r[key] for r in part) / len(part)):.1f}")
    return " ".join(points)


print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W} {H}" font-family="system-ui,sans-serif" font-size="12">')
print(f'<rect width="{W}" height="{H}" fill="#ffffff"/>')
for v in (0.1, 0.2, 0.5, 1, 2, 5):
    print(f'<line x1="{L}" x2="{W - 20}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#e3e3e8"/>')
    print(f'<text x="{L - 8}" y="{y(v) + 4:.1f}" text-anchor="end" fill="#555">{v}</text>')
for m in range(0, int(tokens / 1e6) + 1):
    print(f'<text x="{x(m * 1e6):.1f}" y="{H - B + 20}" text-anchor="middle" fill="#555">{m}M</text>')
print(f'<text x="{(L + W) / 2}" y="{H - 8}" text-anchor="middle" fill="#555">tokens</text>')
for key, colour, name, at in (("mtp_loss", "#d97706", "MTP module", 40), ("loss", "#2563eb", "next token", 22)):
    print(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{curve(key)}"/>')
    print(f'<text x="{W - 130}" y="{at + 14}" fill="{colour}">{name}</text>')
for r in rows:
    if "validation_loss" in r:
        print(f'<circle cx="{x(r["tokens"]):.1f}" cy="{y(r["validation_loss"]):.1f}" r="4" fill="#16a34a"/>')
print(f'<text x="{W - 130}" y="72" fill="#16a34a">● validation</text>')
print("</svg>")
