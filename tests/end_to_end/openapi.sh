#!/usr/bin/env bash
# schemathesis sends what docs/openapi.json allows and what it forbids: no 500, no answer that the file does not describe,
# nothing forbidden that is accepted.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
st=$root/.venv-test/bin/schemathesis
[ -x "$st" ] || { echo "schemathesis is missing"; exit 77; }
source "$root/tests/serve/serve.sh"
# A small cache makes for a small context: every answer is short.
serve --cache-tokens 256
# What a schema allows may still be refused: a model that is not served, a schema that cannot be enforced, stream_options
# without stream. So positive_data_acceptance takes 400 as well.
cat >"$work/schemathesis.toml" <<'T'
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "404", "429"]
T
cd "$work"
"$st" --config-file "$work/schemathesis.toml" run "$root/docs/openapi.json" --url "$url" --seed 1 \
  --max-examples "${EXAMPLES:-15}" --phases examples,coverage,fuzzing --request-timeout 120 --no-color --suppress-health-check all
kill -TERM $server
wait $server
