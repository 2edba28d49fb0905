#!/bin/sh
# Debian and Ubuntu ship Python without the part that makes virtual environments; fetch it.
set -e
package="$("${PYTHON:-python3}" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')"
rm -rf "$1"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Python lacks its venv module. Please run: sudo apt-get install $package"
    exit 1
fi
apt-get update -qq
apt-get install -qq -y "$package" >/dev/null
"${PYTHON:-python3}" -m venv "$1"
