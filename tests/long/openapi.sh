#!/usr/bin/env bash
# The server against its OpenAPI file, with more requests than the short test sends.
set -euo pipefail
EXAMPLES=200 exec bash "$(dirname "${BASH_SOURCE[0]}")/../end_to_end/openapi.sh"
