"""The same weights give the same logits in Hugging Face transformers and in octet.

Checked on the bundled model, in float32 with transformers' plain ("eager") experts, within 2e-4; and on a model that
octet has saved anew, so that what octet writes is what transformers reads.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
OCTET = os.environ["OCTET"]
TOLERANCE = 2e-4


def octet_logits(folder, ids, out):
    tokens = ",".join(map(str, ids))
    subprocess.run([OCTET, "logits", str(folder), "--tokens", tokens, "--out", str(out), "--dtype", "float32"], check=True)
    return load_file(out)["logits"]


def compare(folder, prompts):
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, experts_implementation="eager", attn_implementation="eager"
    ).eval()
    worst = 0.0
    with tempfile.TemporaryDirectory() as scratch, torch.no_grad():
        for ids in prompts:
            theirs = model(torch.tensor([ids])).logits[0]
            ours = octet_logits(folder, ids, pathlib.Path(scratch) / "logits.safetensors")
            worst = max(worst, (theirs - ours).abs().max().item())
    print(f"{folder.name}: largest difference {worst:.2e}")
    return worst <= TOLERANCE


def main():
    torch.manual_seed(0)
    mini = ROOT / "models" / "octet-mini"
    if not (mini / "model.safetensors").exists():
        print("models/octet-mini is missing: skipped")
        sys.exit(77)
    vocab = json.loads((mini / "config.json").read_text())["vocab_size"]
    prompts = [torch.randint(0, vocab, (n,)).tolist() for n in (1, 17, 200)]
    tokenizer = transformers.AutoTokenizer.from_pretrained(mini)
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is 28 plus 14?"}], tokenize=False, add_generation_prompt=True
    )
    prompts.append(tokenizer(text, add_special_tokens=False)["input_ids"])
    ours = json.loads(subprocess.run([OCTET, "tokenize", str(mini), "--text", text], check=True, capture_output=True, text=True).stdout)
    assert ours == prompts[-1], "the tokenizer gives other ids than transformers'"
    sys.exit(0 if compare(mini, prompts) else 1)


main()
