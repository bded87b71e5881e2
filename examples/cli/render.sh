#!/bin/sh
# The CLI with the drop-in: `sh render.sh my-video out.mp4`.
# npm install hyperframes hyperframes-native
set -eu
npx hyperframes-native run -- hyperframes render "$1" --output "$2"
