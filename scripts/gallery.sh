#!/usr/bin/env bash
# Photographs every page in every state and gathers the pictures on one page:
# target/screenshots/gallery/index.html.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=target/screenshots/gallery
scripts/test-tools.sh
rm -rf "$folder"
cargo test --quiet -p gatelet-tests --test front_door -- gallery:: console::looks
{
    echo '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>'
    echo '<style>body{font:1rem system-ui;background:#888}figure{display:inline-block;margin:1rem;vertical-align:top}img{max-width:30rem;display:block}</style>'
    for picture in "$folder"/*.png; do
        name=$(basename "$picture" .png)
        echo "<figure><figcaption>$name</figcaption><a href=\"$name.png\"><img src=\"$name.png\" alt=\"\"></a></figure>"
    done
} >"$folder/index.html"
echo "See $folder/index.html" >&2
