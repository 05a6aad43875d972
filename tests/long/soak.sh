#!/usr/bin/env bash
# Ten minutes of the load that tests/end_to_end/soak.sh holds for one.
exec "$(dirname "${BASH_SOURCE[0]}")/../end_to_end/soak.sh" 600
