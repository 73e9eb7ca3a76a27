#!/bin/sh
# Sets up Vielfalt from this folder, without a network: sh install.sh
set -eu
cd "$(dirname "$0")"
wanted="python$(cat python-version.txt)"
command -v "$wanted" >/dev/null || wanted=python3
exec "$wanted" install.py
