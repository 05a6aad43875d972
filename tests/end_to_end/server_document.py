#!/usr/bin/env python3
"""The curl examples of docs/server.md, as they stand, but for the port: each must print what its "# contains:" line says."""
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/serve"))
from client import Server  # noqa: E402

if not shutil.which("curl"):
    print("curl is missing")
    sys.exit(77)
server = Server("--threads", "1")
text = (root / "docs/server.md").read_text()
examples = [b for b in re.findall(r"^```bash\n(.*?)^```", text, re.M | re.S) if b.startswith("curl")]
assert len(examples) >= 10, f"only {len(examples)} examples"
failures = 0
for example in examples:
    wanted = re.search(r"^# contains: (.*)$", example, re.M).group(1)
    run = subprocess.run(["bash", "-c", example.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")], capture_output=True, text=True)
    if run.returncode != 0 or wanted not in run.stdout:
        failures += 1
        print(f"FAILED: {example}\nprinted: {run.stdout[:2000]}{run.stderr}")

# docs/openapi.json names the endpoints that exist, and no field that is refused.
spec = json.loads((root / "docs/openapi.json").read_text())
for path, methods in spec["paths"].items():
    for method in methods:
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path.replace('{model}', 'mini')}", method=method.upper(),
                                         data=b"{}" if method == "post" else None)
        try:
            status = urllib.request.urlopen(request).status
        except urllib.error.HTTPError as error:
            status = error.code
        if status not in (200, 400):
            failures += 1
            print(f"FAILED: {method} {path} of docs/openapi.json gives {status}")
code = server.stop()
print(f"{len(examples)} examples, {failures} failed; exit code {code}")
sys.exit(1 if failures or code else 0)
